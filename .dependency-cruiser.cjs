/** The arrows of the house: who may import whom. `npm run arch` fails on a wrong one. */
module.exports = {
  forbidden: [
    {
      name: 'mail-is-pure',
      comment: 'src/mail turns bytes into values: of ours it may know only errors and limits',
      severity: 'error',
      from: { path: '^src/mail/' },
      to: { path: '^src/', pathNot: '^src/(mail/|errors\\.ts$|limits\\.ts$)' },
    },
    {
      name: 'mail-does-no-io',
      comment: 'no socket, file, clock, process or driver in src/mail: adapters fetch, the core judges',
      severity: 'error',
      from: { path: '^src/mail/' },
      to: {
        dependencyTypes: ['core'],
        pathNot: '^(node:)?(buffer|crypto|util|stream|string_decoder|url|punycode)$',
      },
    },
    {
      name: 'mail-knows-readers-only',
      comment: 'of libraries, those that turn bytes or text into values',
      severity: 'error',
      from: { path: '^src/mail/' },
      to: {
        path: 'node_modules/',
        pathNot: 'node_modules/(chardet|html-to-text|htmlparser2|iconv-lite|libmime|mailparser|re2js|@types)/',
      },
    },
    {
      name: 'siblings-do-not-know-each-other',
      comment:
        'imap, ingest, queue, helpdesk, judging, acknowledge and status meet only in src/service and the commands, through ports',
      severity: 'error',
      from: { path: '^src/(imap|ingest|queue|helpdesk|judging|acknowledge|status)/' },
      to: { path: '^src/(imap|ingest|queue|helpdesk|judging|acknowledge|status)/', pathNot: '^src/$1/' },
    },
    {
      name: 'rooms-do-not-know-the-door',
      comment: 'the configuration, the service and the commands know the rooms, never the other way round',
      severity: 'error',
      from: { path: '^src/(mail|imap|ingest|queue|helpdesk|judging|dkim|acknowledge|oauth|status|check)/' },
      to: { path: '^src/(config/|service/|commands/|cli\\.ts$|exit-code\\.ts$|index\\.ts$)' },
    },
    {
      name: 'one-vocabulary',
      comment: 'who logs takes a Log, whose actions are a closed list; only the logger itself knows the library',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/log/logger\\.ts$' },
      to: { path: 'node_modules/pino' },
    },
    {
      name: 'check-is-common-ground',
      comment:
        'src/check holds what the probes of the rooms have in common: of ours it may know only how text is cleaned, errors and limits',
      severity: 'error',
      from: { path: '^src/check/' },
      to: { path: '^src/', pathNot: '^src/(check/|mail/clean\\.ts$|errors\\.ts$|limits\\.ts$)' },
    },
    {
      name: 'oauth-knows-tokens-only',
      comment:
        'src/oauth talks to authorization servers: of ours it may know only how text is cleaned, the log, errors and limits; who logs in gets a CredentialSource',
      severity: 'error',
      from: { path: '^src/oauth/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(oauth/|check/cure\\.ts$|mail/(clean|clamp)\\.ts$|log/log-actions\\.ts$|errors\\.ts$|limits\\.ts$)',
      },
    },
    {
      name: 'rooms-do-not-know-where-tokens-come-from',
      severity: 'error',
      from: { path: '^src/(mail|imap|ingest|queue|helpdesk|judging|acknowledge|status|check|dkim)/' },
      to: { path: '^src/oauth/' },
    },
    {
      name: 'only-judging-asks-dkim',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(judging|dkim)/' },
      to: { path: '^src/dkim/' },
    },
    {
      name: 'dkim-knows-the-mail-only',
      comment:
        'src/dkim asks DNS about a mail that is being judged: of ours it may know only the mail, errors and limits',
      severity: 'error',
      from: { path: '^src/dkim/' },
      to: { path: '^src/', pathNot: '^src/(dkim/|mail/|errors\\.ts$|limits\\.ts$)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'product-does-not-need-the-playground',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(demo|test|bench)/' },
    },
    {
      name: 'dev-dependencies-stay-out-of-src',
      severity: 'error',
      from: { path: '^src/', pathNot: '-from-source\\.mjs$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown', 'undetermined'] },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
