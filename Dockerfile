# The application in one image: libraries and the embedding model's weights inside, nothing fetched at run time.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY pyproject.toml README.md LICENSE app.py ./
COPY kb kb
COPY ingest ingest
# torch from its CPU index: the default one for Linux carries gigabytes of CUDA.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --extra-index-url "$TORCH_INDEX" ".[ocr]"

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 reperes && install -d -o reperes -g reperes /data /ajouts
COPY --from=build /venv /venv
COPY --chown=reperes corpus /app/corpus
# The cache is in the volume: the model is unpacked there at the first start, in the form that suits the processor
# it runs on, which may be another than the one that built the image.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    GRADIO_ANALYTICS_ENABLED=False \
    ANONYMIZED_TELEMETRY=False \
    REPERES_CACHE=/data/cache \
    REPERES_STORE=/data/store \
    REPERES_CORPUS=/app/corpus/documents \
    REPERES_HOST=0.0.0.0 \
    REPERES_LOG_FORMAT=json
USER reperes
WORKDIR /data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
  CMD python -c "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:7860/healthz'), timeout=4)"
STOPSIGNAL SIGTERM
# Listening beyond the container asks for sign-in: set REPERES_AUTH and REPERES_PUBLIC_URL (see compose.yaml).
CMD ["reperes", "serve"]
