/**
 * Every bound on what comes from outside, each with its reason. Names carry the unit. A value here is inclusive: at the
 * limit still passes.
 */

/** Bytes of a mail that is fetched whole. Of a larger one the parts are asked for first: one more round trip costs less than an attachment. */
export const MAX_WHOLE_BYTES = 64 * 1024;

/** Bytes of all bodies together that are fetched of one mail: twice what the text of one may have (MAX_TEXT_BYTES), as it comes encoded. */
export const MAX_FETCHED_BODY_BYTES = 4 * 1024 * 1024;

/** Parts of one mail that are fetched or named, so that the command stays below the line that servers take (Dovecot: 64 kB). */
export const MAX_FETCHED_PARTS = 250;

/** Milliseconds that one mail may take to be read and judged. The slowest of 1,155 real ones took 0.2 s; a busy machine may be ten times as slow. */
export const MAX_JUDGE_MS = 10_000;

/** Megabytes of heap that judging one mail may take, base load of the thread included (about 40). All bodies together have 4 MB. */
export const MAX_JUDGE_HEAP_MB = 256;

/** Mails that a thread judges in one go. Each costs about a millisecond, and a mail that comes alone may wait for them. */
export const MAX_JUDGED_TOGETHER = 32;

/** Bytes that they may have together, so that MAX_JUDGE_HEAP_MB stays a bound for one mail; a larger mail goes alone. */
export const MAX_JUDGED_TOGETHER_BYTES = 512 * 1024;

/** Readings of one mail that may never come to their end before nothing but its envelope is read: a killed process, a broken connection. */
export const MAX_BROKEN_READINGS = 3;

/** Mails that a server refuses one after the other before it counts as one that does nothing at all now. */
export const MAX_REFUSALS_IN_A_ROW = 5;

/** UIDs that one line of the log names: enough to look for them, and no page of numbers. */
export const MAX_NAMED_UIDS = 20;

/** Readings left by processes that died which are looked at: each stands for one batch. */
export const MAX_READINGS = 1000;

/** Bytes of HTML turned to text. Above it the conversion blocks for more than a second (5.4 MB took 2.1 s); a page this long is cut. */
export const MAX_HTML_BYTES = 1024 * 1024;

/** Bytes of decoded body text that are looked at. 65,535 bytes is what the helpdesk can store; the rest is room for quotes to be cut off. */
export const MAX_TEXT_BYTES = 2 * 1024 * 1024;

/** Characters of a ticket's subject: the column is VARCHAR(255), and a strict database answers a longer one with a 500. */
export const MAX_SUBJECT_CHARACTERS = 255;

/** Bytes (UTF-8) of a ticket's message: the column is TEXT, and a strict database answers a longer one with a 500. */
export const MAX_TICKET_MESSAGE_BYTES = 65_535;

/** Characters of a name or address sent to the helpdesk: VARCHAR(255) like the subject. */
export const MAX_NAME_CHARACTERS = 255;

/** Characters of a custom field's value. Headers can be 1 MB; no form field of a helpdesk is meant for that. */
export const MAX_CUSTOM_FIELD_CHARACTERS = 1000;

/** Characters of one decoded header value that rules and patterns look at. */
export const MAX_HEADER_VALUE_CHARACTERS = 8192;

/** Attachments named at the end of a ticket; the rest are counted. A mail can hold thousands of parts. */
export const MAX_ATTACHMENTS_NAMED = 50;

/** Subject tags tried on one mail. Each costs a call to the helpdesk, and a subject can hold dozens. */
export const MAX_SUBJECT_TAGS = 5;

/** Ids of References that are kept: the last ones are the nearest ancestors. */
export const MAX_REFERENCES = 20;

/** Bytes of one IMAP literal: a server that announces more is broken or hostile. Nothing is asked for that could have more. */
export const MAX_IMAP_RESPONSE_BYTES = MAX_FETCHED_BODY_BYTES + 1024 * 1024;

/** Bytes of an IMAP server's greeting, read by hand before TLS begins, that are waited through for its end. Real ones have some hundred. */
export const MAX_GREETING_BYTES = 8192;

/** Mails under way at one time: a backlog of 100,000 costs no more memory than one of 1,000; the rest waits in the mailbox. */
export const MAX_MAILS_UNDER_WAY = 1000;

/** Mails looked at in one round trip of a pass: enough to hide the round trip, few enough that stopping never waits long. */
export const MAX_MAILS_PER_BATCH = 100;

/** Bytes of mail read into one batch before it is queued, so that a row of large mails does not add up in memory. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** Characters of an attachment's name that are shown: file systems stop at 255, and fifty names must leave the message room. */
export const MAX_ATTACHMENT_NAME_CHARACTERS = 120;

/** Bytes of one request to the embedded database. A job holds a mail's text (MAX_TEXT_BYTES) several times over; a request grows in memory until it is whole. */
export const MAX_EMBEDDED_REQUEST_BYTES = 64 * 1024 * 1024;

/** Characters of one piece of evidence in a trace: it may hold a header of 1 MB, and a trace goes into the ledger and onto a terminal. */
export const MAX_TRACE_EVIDENCE_CHARACTERS = 300;

/** Repairs that a trace tells of: a mail of ten thousand broken parts has as many. */
export const MAX_TRACE_REPAIRS = 20;

/** Bytes of one answer of the helpdesk. A list of 100,000 tickets is about 15 MB; a ticket's replies have 64 KB each. */
export const MAX_HELPDESK_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Characters of the helpdesk's own words that reach a log or a dead letter: a PHP error page can be any length. */
export const MAX_API_MESSAGE_CHARACTERS = 300;

/** Milliseconds that one Retry-After can hold up the queue. A date in the wrong century must not stop it for good. */
export const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/** Tickets of one sender that are opened to see whether one is the mail's own. A monitoring system has thousands with one subject. */
export const MAX_CANDIDATES = 100;

/** Bytes of the header of a mail or of one of its parts. Real ones reach 100 kB (thousands of recipients); what follows is left unread. */
export const MAX_HEADER_BYTES = 1024 * 1024;

/** Fields of one header. A mail that went through many filters has about 200. */
export const MAX_HEADER_FIELDS = 2000;

/** Parts of one mail; the next ones are left unread. A mail of 100,000 parts must not become 100,000 objects. */
export const MAX_MIME_PARTS = 1000;

/** Multiparts within multiparts. Real mail reaches about 10 through forwarding and mailing lists; deeper ones would cost stack. */
export const MAX_MIME_DEPTH = 50;

/** Characters of an address field that are read. 40,000 recipients would take a quarter of a second; no rule looks beyond some hundreds. */
export const MAX_ADDRESS_FIELD_CHARACTERS = 64 * 1024;

/** Bytes that are looked at to guess something the mail does not say: a charset, a boundary. More would not change the guess. */
export const MAX_SAMPLE_BYTES = 64 * 1024;

/** Characters of a body in which a bounce's words and recipients are looked for: servers write theirs first, the returned mail may follow whole. */
export const MAX_BOUNCE_TEXT_CHARACTERS = 64 * 1024;

/** Characters of a body in which a person's greeting is looked for: a warning about mail from outside may stand above it, a returned mail below. */
export const MAX_GREETING_CHARACTERS = 300;

/** Characters of a body in which a program may say that it wrote: it does so first, or at the end of a short mail. What comes later is a report, or quoted. */
export const MAX_DISCLAIMER_CHARACTERS = 2000;

/** Recipients read from one bounce: a mailing's report can name thousands, and nobody acts on the hundredth. */
export const MAX_BOUNCE_RECIPIENTS = 100;

/** Stack traces BullMQ keeps of a job's failed attempts; without a bound five days of retries grow into megabytes. */
export const MAX_ATTEMPT_STACKTRACES = 3;

/** Server errors in a row for one mail, each while other mails got through, before it counts as the mail's own fault. */
export const MAX_REFUSALS_AMID_SUCCESS = 8;

/** Characters of a line that are looked at to tell quotes from words; mail programs write no longer ones, and patterns stay cheap. */
export const MAX_JUDGED_LINE_CHARACTERS = 500;

/** Lines that one attribution ("On … Bob wrote:") may be wrapped into. Seen: 5. */
export const MAX_ATTRIBUTION_LINES = 5;

/** Lines of one quoted header block ("From: … Sent: …"); more are no header block, and the search stays linear in the lines. */
export const MAX_HEADER_BLOCK_LINES = 40;

/** Tickets and replies of which this process remembers the mail that holds them: some hundred bytes each. */
export const MAX_CLAIMS_REMEMBERED = 100_000;

/** Mails that can be listed and searched at one time, the latest; some 300 bytes of memory each while somebody looks. */
export const MAX_MAILS_INDEXED = 100_000;

/** Characters of a sender, subject or Message-ID that are kept for searching, and of what is searched for: 100,000 mails are held in memory. */
export const MAX_INDEXED_CHARACTERS = 200;

/** Failed log-ins of one address before it is not listened to for five minutes: room for a person's slips, none for a guesser. */
export const MAX_FAILED_LOGINS = 10;

/** Addresses whose failed log-ins are counted. A guesser with more of them than this has many more guesses to make. */
export const MAX_LOGIN_ADDRESSES = 1000;

/** Bytes of a request to the page: a form of two fields, or the ids of the mails to retry. */
export const MAX_PAGE_REQUEST_BYTES = 64 * 1024;

/** Milliseconds in which a request to the HTTP port has to be there as a whole. Without a bound a few slow clients hold all its connections. */
export const MAX_REQUEST_MS = 30_000;

/** Mails of one answer of the page's API. */
export const MAX_MAILS_LISTED = 1000;

/** Bytes of one machine-readable part of a report, or of a returned mail's header. Some servers return 100 kB of log with it. */
export const MAX_REPORT_BYTES = 64 * 1024;

/** Bytes of a body in RTF when unpacked, a second of work at worst. Ten pages of text with their looks have 200 kB; images stand beside it. */
export const MAX_RTF_BYTES = 1024 * 1024;

/** Containers within containers (S/MIME, winmail.dat) that are opened. A signed mail that was signed again by a gateway makes two. */
export const MAX_CONTAINER_DEPTH = 4;

/** OCTET STRINGs within OCTET STRINGs of an S/MIME part: encoders that stream make one level, the standard none. */
export const MAX_STRING_DEPTH = 4;

/** What parsing tells of broken bytes; a mail of a thousand broken parts says it once. */
export const MAX_REPAIRS = 50;

/** Elements within elements of an HTML body. Fifty quoted answers nest about 200 deep; each blockquote prefixes all lines within it again. */
export const MAX_HTML_DEPTH = 200;

/** Tags within tags of an HTML body that are read. Above MAX_HTML_DEPTH, since elements that were never closed count here and do no harm. */
export const MAX_NESTED_TAGS = MAX_HTML_DEPTH * 5;

/** Nodes of an HTML body that are looked at to tell what an element holds: the answer shows early or does not matter. */
export const MAX_NODES_LOOKED_AT = 200;

/** Characters of an attribute in which a mail program's mark is looked for; a style can be 1 MB. */
export const MAX_ATTRIBUTE_CHARACTERS = 300;

/** Events of one calendar that are told of. An invitation has one, or a handful where some of a series were moved. */
export const MAX_CALENDAR_EVENTS = 10;

/** Attributes and properties read of one winmail.dat. Outlook writes some dozens, and about thirty more for each file. */
export const MAX_TNEF_RECORDS = 20_000;

/** Elements with a mail program's quote markup that are tracked within each other; each end tag may look through all of them. */
export const MAX_NESTED_MARKS = 50;

/** Tags of an HTML body that are read. A long newsletter has 5,000; a list of 100,000 items takes two seconds. */
export const MAX_HTML_TAGS = 40_000;

/** Attachments that are kept of one mail. A mail of 1,000 parts can hold 70,000 uuencoded files or winmail.dat records beside. */
export const MAX_ATTACHMENTS = 1000;

/** Machine-readable parts that are kept of one mail. A report has two or three; each may have MAX_REPORT_BYTES. */
export const MAX_REPORTS = 20;

/** Characters of one address. RFC 5321 allows 254 in all; some relays write their own route into it. */
export const MAX_ADDRESS_CHARACTERS = 1000;

/** Characters of one piece of evidence that stay in the ledger once a mail is filed: there it is kept for a month, of 100,000 mails. */
export const MAX_KEPT_EVIDENCE_CHARACTERS = 160;

/** Failures kept of one mail, equal ones in a row counting as one: five days of retries are some 500 attempts. */
export const MAX_FAILURES_KEPT = 20;

/** Mails that an audit names of each kind, oldest first; the rest are counted. A backlog of 100,000 must not become a table of them. */
export const MAX_AUDIT_NAMED = 100;

/** Trace fields (Received and the results of checks) that are kept of one mail, the newest. A mail through many filters has about 40. */
export const MAX_TRACE_FIELDS = 200;

/** Milliseconds between two acknowledgements to one address. Two programs that answer each other end after the first exchange. */
export const MIN_ACKNOWLEDGEMENT_GAP_MS = 10 * 60 * 1000;

/** Acknowledgements to one address within 24 hours: what a loop that outlives the gap, or a forger of senders, can make of us. */
export const MAX_ACKNOWLEDGEMENTS_A_DAY = 10;

/** Acknowledgements of a day that are remembered for these limits, some hundred bytes each. */
export const MAX_ACKNOWLEDGEMENTS_REMEMBERED = 100_000;

/** Times that an acknowledgement is handed over without the server's word that it took it. Each may be one more in a mailbox. */
export const MAX_PERHAPS_SENT = 3;

/** People of one mail that the ledger keeps, for REPLY_POLICY=participants. A conversation has a handful; a mailing has thousands. */
export const MAX_PEOPLE_KEPT = 50;

/** Tickets that the helpdesk is asked about for one mail: those of its tags, then those of the mails it answers. */
export const MAX_TICKETS_ASKED = 8;

/** Of the other people of a staff member's mail, those the helpdesk is asked about. A mail to forty people must not cost forty calls. */
export const MAX_OTHERS_ASKED = 5;

/**
 * Milliseconds that a reply waits for the mail it answers, which is itself still on its way to the helpdesk. It outlasts an outage of
 * a night; a mail that is stuck for longer must not hold up those that answer it.
 */
export const MAX_PARENT_WAIT_MS = 24 * 60 * 60 * 1000;

/** Tickets of an hour that are remembered by their sender, some hundred bytes each. Ten a second are 36,000 an hour. */
export const MAX_TICKETS_REMEMBERED = 100_000;

/** Mails that wait for their turn without taking room of MAX_MAILS_UNDER_WAY, after which the next do not wait; the store holds their texts, some 10 kB each. */
export const MAX_MAILS_POSTPONED = 10_000;

/** DKIM signatures of one mail that are checked. Real mail has one or two of its author's domain; each costs a DNS query and a pass over the body. */
export const MAX_CHECKED_SIGNATURES = 4;

/** Milliseconds that all DNS queries about one mail may take together. It is judged meanwhile, which has MAX_JUDGE_MS. */
export const MAX_DNS_MS = 4000;

/** Bytes of one answer of an authorization server. Microsoft's tokens have some 3 kB. */
export const MAX_TOKEN_RESPONSE_BYTES = 64 * 1024;

/** Bytes of the body of a mail without Message-ID that tell it from others. Such mail comes of devices, and is short. */
export const MAX_HASHED_BODY_BYTES = 64 * 1024;

/** Hashes of such bodies kept of mails that stand in a mailbox, some 200 bytes each: what can wait for its turn at one time. */
export const MAX_KEPT_BODY_HASHES = 10_000;

/**
 * Milliseconds after its arrival in which a mail that nothing is known of can be surely new. An older one may have been queued before
 * a ledger was lost, unless a keyword of the mailbox tells otherwise.
 */
export const SURELY_NEW_MS = 2 * 60 * 1000;

/**
 * Milliseconds that a mail may have come before another one in the same words to be looked for in Processed, after a ledger was lost. What
 * it made must be recent enough to be seen as such by a look for the other one, which the helpdesk's dates without zone allow for 14 hours:
 * 12 of them a helpdesk at UTC-12 takes.
 */
export const MAX_TWIN_GAP_MS = 2 * 60 * 60 * 1000;

/** Filed mails, the latest, whose envelopes are looked at after a ledger was lost: a second's work. What was filed before them is old news. */
export const MAX_FILED_LOOKED_AT = 1000;

/** Of these, those that are read and judged again for one batch: twice the mails of a batch, so that each may have one and more. */
export const MAX_TWINS_READ = 200;

/** Filed mails, the latest, that are remembered by what they say, 500 bytes each: two hours of more than one a second. */
export const MAX_TWINS_REMEMBERED = 10_000;

/** Searches in Processed that fail in a row before mail is queued without: some servers allow one connection only, and no mail may wait for ever. */
export const MAX_FAILED_TWIN_SEARCHES = 3;

/**
 * Bytes of an ingested mail that are read; the rest of a larger one is passed over, which can cost the names of attachments. An
 * attachment of 25 MB, the most that many servers take, has 35 MB encoded. Reading takes some ten times as much memory.
 */
export const MAX_INGESTED_BYTES = 40 * 1024 * 1024;

/** Bytes of a file that are looked at to tell whether a mail begins there: its first field does within them, behind what programs write before it. */
export const MAX_MAIL_BEGIN_BYTES = 4096;

/** Mails that a dry run of an import names, the first; the rest are counted. An archive of 100,000 must not become a table of them. */
export const MAX_INGESTED_NAMED = 1000;

/** Mails under way up to which an import adds more: half of MAX_MAILS_UNDER_WAY, so that new mail always finds room beside it. */
export const MAX_MAILS_UNDER_WAY_OF_IMPORT = 500;

/** Milliseconds that a person is waited for who has to enter a code with a browser, whatever the server says. Providers give 15 minutes. */
export const MAX_DEVICE_CODE_MS = 60 * 60 * 1000;
