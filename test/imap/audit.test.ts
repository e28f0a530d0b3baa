import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHourlyAudit } from '../../src/imap/hourly-audit.js';
import { startCli } from '../services/cli.js';
