# The application as `goms app` serves it, on port 5006, with all that it writes in /data.
# PyTorch for processors alone is smaller: --build-arg PIP_EXTRA_INDEX_URL=URL names the index that has this build.

FROM python:3.11-slim AS build
ARG PIP_EXTRA_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements requirements
RUN python -m venv /opt/goms \
    && /opt/goms/bin/pip install --require-hashes --requirement requirements/app.txt \
    && /opt/goms/bin/pip install --requirement requirements/torch.txt
COPY LICENSE README.md pyproject.toml ./
COPY app app
COPY assets assets
COPY engine engine
COPY sample_data sample_data
RUN /opt/goms/bin/pip install --no-deps .

FROM python:3.11-slim
COPY --from=build /opt/goms /opt/goms
RUN useradd --create-home --uid 1000 goms && install --directory --owner goms /data
# Compiled code is kept beside the stores, since the packages belong to another user.
ENV PATH=/opt/goms/bin:$PATH GOMS_HOME=/data NUMBA_CACHE_DIR=/data/cache/numba
USER 1000
WORKDIR /data
VOLUME /data
EXPOSE 5006
# The icon is answered without a login.
HEALTHCHECK --interval=30s --timeout=10s --start-period=2m \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:5006/favicon.ico', timeout=8)"]
ENTRYPOINT ["goms", "app", "--address", "0.0.0.0", "--port", "5006"]
