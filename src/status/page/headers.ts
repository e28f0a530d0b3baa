import type { FastifyHelmetOptions } from '@fastify/helmet';

/** Common to all pages. TLS ends before us, where it is used, so its headers are not ours to set. */
const common = {
  strictTransportSecurity: false,
  // With no-referrer, helmet's own, browsers send `Origin: null` with our own forms.
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
} as const satisfies FastifyHelmetOptions;

/** Our own pages: no script at all, and nothing from elsewhere. */
export const PAGE_HEADERS: FastifyHelmetOptions = {
  ...common,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ['data:'],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
};

/** The engine room is a script of its own; it gets nothing from elsewhere either, so it does without its web font. */
export const BOARD_HEADERS: FastifyHelmetOptions = {
  ...common,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      formAction: ["'none'"],
      baseUri: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
};
