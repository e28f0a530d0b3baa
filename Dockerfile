# syntax=docker/dockerfile:1

# Everything, for building and for the demo.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# The playground: docker compose --profile demo up demo
FROM build AS demo
COPY demo ./demo
USER node
CMD ["npx", "tsx", "demo/main.ts"]

# What runs in production: the built code and what it needs.
FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY --from=build /app/dist ./dist
# Only the embedded queue writes, and only here; all else can be mounted read-only.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV QUEUE_URL=embedded:/data HTTP_HOST=0.0.0.0 HTTP_PORT=8080
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["node", "dist/cli.js", "health"]
# Without a shell in between, so that SIGTERM reaches the service.
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["start"]
