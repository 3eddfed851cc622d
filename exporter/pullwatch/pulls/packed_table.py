"""A layer table in some hundred bytes: numbers for its layers, their sizes, and its text compressed.

The text of a table is short, so zlib is given beforehand what such texts are made of; that halves what is left of it.
"""

from __future__ import annotations

import array
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import digests
from pullwatch.pulls.layers import Layer, LayerTable

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEAD = struct.Struct("<QQHBB")
"""Bytes of all layers, bytes of the largest, number of layers, bytes of one size, bytes of the config's digest."""

_SIZES = {4: "I", 8: "Q"}
_NONE = "\0"
"""Stands for what is not known; no cleaned text has it."""

_DICTIONARY = (
    b"HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1 LABEL org.opencontainers.image.source=https://github.com/ "
    b'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin EXPOSE 8080 USER nonroot WORKDIR /app ENTRYPOINT ["/ CMD ["'
    b"RUN addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 nextjs && chown -R app:app /home/app && chmod +x /usr/local/bin/ "
    b'RUN set -eux; savedAptMark="$(apt-mark showmanual)"; make -j "$(nproc)"; make install; ldconfig; rm -rf /tmp/* /var/tmp/*; '
    b"RUN mkdir -p /opt/ && tar -xzf -C /opt --strip-components=1 && ln -s /usr/bin/ /etc/ssl/certs/ca-certificates.crt && groupadd useradd "
    b"RUN wget -q -O /tmp/ https://github.com/ releases/download/v linux-amd64.tar.gz | sha256sum -c - && "
    b"RUN curl -fsSL https:// -o /usr/local/bin/ && gpg --keyserver --recv-keys && dpkg --install /usr/share/keyrings/ "
    b'RUN go mod download && CGO_ENABLED=0 GOOS=linux go build -trimpath -ldflags="-s -w" -o /out/ ./cmd/ RUN cargo build --release --locked '
    b"RUN mvn -B -DskipTests package RUN ./gradlew --no-daemon build RUN bundle install --without development test RUN composer install --no-dev "
    b"RUN yarn install --frozen-lockfile --production RUN npm ci --omit=dev && npm run build && npm cache clean --force "
    b"RUN apk add --no-cache --virtual .build-deps ca-certificates tzdata bash curl openssl git gcc musl-dev libffi-dev && apk del "
    b"RUN dnf install -y && dnf clean all && rm -rf /var/cache/dnf RUN microdnf yum install -y "
    b"RUN pip install --no-cache-dir --upgrade pip setuptools wheel -r requirements.txt torch== numpy== --index-url https:// "
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


@dataclass(frozen=True, slots=True)
class Head:
    """What is read most often of a table."""

    size_bytes: int
    largest_bytes: int
    layers: int


def pack(table: LayerTable, numbers: Sequence[int]) -> bytes:
    """Return the table as bytes; `numbers` stand for its layers."""
    sizes = [layer.size_bytes for layer in table.layers]
    largest = max(sizes, default=0)
    width = 4 if largest < 1 << 32 else 8
    config = digests.raw(table.config_digest)
    head = _HEAD.pack(table.size_bytes, largest, len(sizes), width, len(config))
    packed = array.array("I", numbers).tobytes(), array.array(_SIZES[width], sizes).tobytes()
    return b"".join((head, config, *packed, _squeezed(_texts(table))))


def head(packed: bytes) -> Head:
    """Return the figures of a packed table."""
    size_bytes, largest, layers, _, _ = _HEAD.unpack_from(packed)
    return Head(size_bytes, largest, layers)


def numbers(packed: bytes) -> array.array[int]:
    """Return the numbers of its layers, from the base upwards."""
    _, _, layers, _, config = _HEAD.unpack_from(packed)
    return array.array("I", packed[_HEAD.size + config : _HEAD.size + config + 4 * layers])


def sizes(packed: bytes) -> array.array[int]:
    """Return the bytes of its layers, from the base upwards."""
    _, _, layers, width, config = _HEAD.unpack_from(packed)
    begin = _HEAD.size + config + 4 * layers
    return array.array(_SIZES[width], packed[begin : begin + width * layers])


def unpack(packed: bytes, *, digest: str, layers: Sequence[str]) -> LayerTable:
    """Return the table of this manifest again, with the digests of its layers."""
    _, _, count, width, config = _HEAD.unpack_from(packed)
    lines = _loosened(packed[_HEAD.size + config + (4 + width) * count :]).split("\n")
    platform, media_type, types, *instructions = lines
    each = types.split("\t")
    kinds = each if len(each) == count else each * count
    rows = zip(layers, sizes(packed), kinds, instructions, strict=True)
    return LayerTable(
        digest,
        media_type,
        digests.text(packed[_HEAD.size : _HEAD.size + config]),
        tuple(Layer(name, size, kind, _known(line)) for name, size, kind, line in rows),
        _known(platform),
    )


def _texts(table: LayerTable) -> str:
    types = [layer.media_type for layer in table.layers]
    kinds = types[:1] if len(set(types)) == 1 else types
    lines = [_NONE if layer.instruction is None else layer.instruction for layer in table.layers]
    return "\n".join([_NONE if table.platform is None else table.platform, table.media_type, "\t".join(kinds), *lines])


def _known(line: str) -> str | None:
    return None if line == _NONE else line


def _squeezed(text: str) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return squeezer.compress(text.encode()) + squeezer.flush()


def _loosened(content: bytes) -> str:
    return zlib.decompressobj(-15, _DICTIONARY).decompress(content).decode()
