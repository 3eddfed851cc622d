"""Short texts in few bytes: zlib is told beforehand what they are made of.

At first that is what Dockerfiles anywhere are made of, which halves what is left of a text; then also the first texts that came,
as images of one cluster are made alike, which halves it once more.
"""

from __future__ import annotations

import zlib

_LEARNED = 8
"""Texts that the second edition is made of. More make each text dearer to compress, and hardly smaller."""

_LEARNED_CHARACTERS = 2_000
"""Of each: an image of a thousand layers must not fill it alone."""

_DICTIONARY = (
    b"HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1 LABEL org.opencontainers.image.source=https://github.com/ "
    b'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin EXPOSE 8080 USER nonroot WORKDIR /app ENTRYPOINT ["/ CMD ["'
    b"RUN addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 nextjs && chown -R app:app /srv/app && chmod +x /usr/local/bin/ "
    b'RUN set -eux; savedAptMark="$(apt-mark showmanual)"; make -j "$(nproc)"; make install; ldconfig; rm -rf /tmp/* /var/tmp/*; '
    b"RUN mkdir -p /opt/ && tar -xzf -C /opt --strip-components=1 && ln -s /usr/bin/ /etc/ssl/certs/ca-certificates.crt && groupadd useradd "
    b"RUN wget -q -O /tmp/ https://github.com/ releases/download/v linux-amd64.tar.gz | sha256sum -c - && "
    b"RUN curl -fsSL https:// -o /usr/local/bin/ && gpg --keyserver --recv-keys && dpkg --install /usr/share/keyrings/ "
    b'RUN go mod download && CGO_ENABLED=0 GOOS=linux go build -trimpath -ldflags="-s -w" -o /out/ ./cmd/ RUN cargo build --release --locked '
    b"RUN mvn -B -DskipTests package RUN ./gradlew --no-daemon build RUN bundle install --without development test RUN composer install --no-dev "
    b"RUN yarn install --frozen-lockfile --production RUN npm ci --omit=dev && npm run build && npm cache clean --force "
    b"RUN apk add --no-cache --virtual .build-deps ca-certificates tzdata bash curl openssl git gcc musl-dev libffi-dev && apk del "
    b"RUN dnf install -y && dnf clean all && rm -rf /var/cache/dnf RUN microdnf yum install -y "
    b"RUN pip install --no-cache-dir --upgrade pip setuptools wheel -r requirements.txt torch== numpy== --no-deps https:// "
    b"RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir poetry install uv sync --frozen "
    b"RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends build-essential libpq-dev libssl-dev "
    b"ca-certificates curl gnupg git python3 python3-pip && apt-get purge -y --auto-remove && apt-get clean && rm -rf /var/lib/apt/lists/* "
    b"ADD file: in / COPY file: in /etc/ COPY dir: in /usr/src/app/ COPY multi: in ./ COPY package.json package-lock.json ./ "
    b"COPY --from=build --chown=app:app /src/target/release/ /usr/share/nginx/html COPY --chown=node:node . . COPY . /app/ "
    b"application/vnd.oci.image.layer.v1.tar+zstd application/vnd.oci.image.layer.v1.tar application/vnd.docker.image.rootfs.foreign.diff.tar.gzip "
    b"linux/arm64/v8\napplication/vnd.docker.distribution.manifest.v2+json\napplication/vnd.docker.image.rootfs.diff.tar.gzip\n"
    b"linux/arm64\napplication/vnd.oci.image.manifest.v1+json\napplication/vnd.oci.image.layer.v1.tar+gzip\n\0\n\0\n\0\n"
    b"linux/amd64\napplication/vnd.oci.image.manifest.v1+json\napplication/vnd.oci.image.layer.v1.tar+gzip\nRUN "
)


class Vocabulary:
    """Compresses texts. Each one says of which edition it is, so that it can be read again by this vocabulary and no other."""

    def __init__(self) -> None:
        self._editions = [_DICTIONARY]
        self._first: list[str] = []

    def squeeze(self, text: str) -> tuple[int, bytes]:
        """Return the edition and the compressed text."""
        edition = len(self._editions) - 1
        squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, self._editions[edition])
        if not edition:
            self._learn(text)
        return edition, squeezer.compress(text.encode()) + squeezer.flush()

    def loosen(self, edition: int, content: bytes) -> str:
        """Return the text again."""
        return zlib.decompressobj(-15, self._editions[edition]).decompress(content).decode()

    def _learn(self, text: str) -> None:
        self._first.append(text[:_LEARNED_CHARACTERS])
        if len(self._first) == _LEARNED:
            self._editions.append("\n".join(self._first).encode() + _DICTIONARY)
            self._first.clear()
