"""moto's server with what a real account also has: time that passes, and calls that fail.

    python local_cloud.py          prints its port in a line, then serves until it is killed

SageMaker's endpoints are Creating, InService or Failed, and Deleting for a while, by a clock that can be set forward. The control paths:

    POST   /control/fault     {"target": "CreateEndpoint" | "*", "times": 1, "kind": "throttle|500|503|hang|latency|reset", "ms": 300}
    DELETE /control/fault     no more faults
    POST   /control/endpoint  {"name": "e" | "*", "creating_s": 1, "end": "InService|Failed", "reason": "...", "deleting_s": 1}
    POST   /control/clock     {"advance_s": 600}
    GET    /control/calls     the names of all calls so far; a call of S3 is `s3:PUT`
"""

import io
import json
import os
import re
import socket
import struct
import threading
import time
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sagemaker import models
from moto.sagemaker.exceptions import ValidationError
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

lock = threading.Lock()
faults, calls, plans = [], [], {}
skipped_s = 0.0
DEFAULT_S = 0.2


def now():
    return time.monotonic() + skipped_s


class LivingEndpoint(models.FakeEndpoint):
    """An endpoint that takes its time. Its place is known by the module of moto's own class."""

    __module__ = models.__name__

    def __init__(self, *args, **kwargs):
        self.born, self.dying = now(), None
        super().__init__(*args, **kwargs)

    @property
    def plan(self):
        return plans.get(self.endpoint_name) or plans.get("*", {})

    @property
    def endpoint_status(self):
        if self.dying is not None:
            return "Deleting"
        if now() - self.born < self.plan.get("creating_s", DEFAULT_S):
            return "Creating"
        return self.plan.get("end", "InService")

    @endpoint_status.setter
    def endpoint_status(self, _):
        pass

    @property
    def failure_reason(self):
        return self.plan.get("reason") if self.endpoint_status == "Failed" else None

    @failure_reason.setter
    def failure_reason(self, _):
        pass

    @property
    def gone(self):
        return self.dying is not None and now() - self.dying >= self.plan.get("deleting_s", DEFAULT_S)


class LivingSageMaker(models.SageMakerModelBackend):
    """What moto leaves out of the life of an endpoint. Where its addresses are is found by the module of moto's own class."""

    __module__ = models.__name__

    def bury(self):
        for name in [name for name, endpoint in self.endpoints.items() if getattr(endpoint, "gone", False)]:
            del self.endpoints[name]

    def refuse_double(self, kind, name, known):
        if name in known:
            raise ValidationError(message=f"Cannot create already existing {kind} \"{name}\".")

    def create_model(self, *args, **kwargs):
        self.refuse_double("model", kwargs.get("model_name"), self._models)
        return super().create_model(*args, **kwargs)

    def create_endpoint_config(self, *args, **kwargs):
        self.refuse_double("endpoint configuration", kwargs.get("endpoint_config_name"), self.endpoint_configs)
        return super().create_endpoint_config(*args, **kwargs)

    def create_endpoint(self, endpoint_name, endpoint_config_name, tags):
        self.bury()
        self.refuse_double("endpoint", endpoint_name, self.endpoints)
        return super().create_endpoint(endpoint_name, endpoint_config_name, tags)

    def describe_endpoint(self, endpoint_name):
        self.bury()
        answer = dict(super().describe_endpoint(endpoint_name))
        endpoint = self.endpoints[endpoint_name]
        answer["EndpointStatus"] = endpoint.endpoint_status
        if endpoint.failure_reason is not None:
            answer["FailureReason"] = endpoint.failure_reason
        return answer

    def list_endpoints(self, *args, **kwargs):
        self.bury()
        return super().list_endpoints(*args, **kwargs)

    def delete_endpoint(self, endpoint_name):
        self.describe_endpoint(endpoint_name)
        endpoint = self.endpoints[endpoint_name]
        if endpoint.endpoint_status == "Creating":
            raise ValidationError(message=f"Cannot update in-progress endpoint \"{endpoint.arn}\".")
        if endpoint.dying is None:
            endpoint.dying = now()


models.FakeEndpoint = LivingEndpoint
models.sagemaker_backends.backend = LivingSageMaker
models.FakeEndpointConfig.validate_instance_type = lambda self, instance_type: None

inner = DomainDispatcherApplication(create_backend_app)
JSON_ERRORS = {
    "throttle": ("400 Bad Request", "ThrottlingException", "Rate exceeded"),
    "500": ("500 Internal Server Error", "InternalFailure", "made to fail"),
    "503": ("503 Service Unavailable", "ServiceUnavailable", "made to fail"),
}
QUERY_CODES = {"throttle": "RequestLimitExceeded", "500": "InternalError", "503": "Unavailable"}
QUERY_STATUS = {**{kind: status for kind, (status, _, _) in JSON_ERRORS.items()}, "throttle": "503 Service Unavailable"}
S3_CODES = {"throttle": "SlowDown", "500": "InternalError", "503": "SlowDown"}


def name_of(environ, body):
    """The name of a call: by the header of JSON protocols, the form of EC2's, the scope of the signature for S3."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rsplit(".", 1)[-1]
    if is_form(environ):
        return parse_qs(body.decode("latin1")).get("Action", ["?"])[0]
    scope = re.search(r"/\d{8}/[^/]+/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
    return f"{scope.group(1) if scope else '?'}:{environ['REQUEST_METHOD']}"


def is_form(environ):
    return "form" in environ.get("CONTENT_TYPE", "")


def fault_for(name):
    with lock:
        calls.append(name)
        for fault in faults:
            if fault["target"] in ("*", name) and fault.setdefault("times", 1) > 0:
                fault["times"] -= 1
                return fault
    return None


def error_body(environ, kind):
    _, code, message = JSON_ERRORS[kind]
    if "HTTP_X_AMZ_TARGET" in environ:
        status = JSON_ERRORS[kind][0]
        return status, "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
    if is_form(environ):
        errors = f"<Errors><Error><Code>{QUERY_CODES[kind]}</Code><Message>{message}</Message></Error></Errors>"
        return QUERY_STATUS[kind], "text/xml", f"<Response>{errors}<RequestID>r</RequestID></Response>"
    text = f"<Error><Code>{S3_CODES[kind]}</Code><Message>{message}</Message><RequestId>r</RequestId></Error>"
    return QUERY_STATUS[kind], "application/xml", text


def control(environ, body):
    global skipped_s
    value = json.loads(body or b"{}")
    what, method = environ["PATH_INFO"].removeprefix("/control/"), environ["REQUEST_METHOD"]
    with lock:
        if what == "calls":
            return calls
        if what == "clock":
            skipped_s += value["advance_s"]
        elif what == "endpoint":
            plans[value["name"]] = value
        elif method == "DELETE":
            faults.clear()
        else:
            faults.append(value)
    return {}


def reset(environ):
    """Ends the connection with RST instead of an answer."""
    connection = environ["local_cloud.handler"].connection
    environ["local_cloud.handler"].close_connection = True
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
    raise ConnectionResetError


def answered(environ, start):
    """moto's answer; where it refuses in XML what asks in JSON, in the service's own form."""
    if "HTTP_X_AMZ_TARGET" not in environ:
        return inner(environ, start)
    head = []
    body = b"".join(inner(environ, lambda *given: head.append(given)))
    status, headers = head[-1][:2]
    if body.startswith(b"<?xml"):
        code, message = (re.search(f"<{tag}>([^<]*)</{tag}>", body.decode()) for tag in ("Code", "Message"))
        name = {"AccessDenied": "AccessDeniedException"}.get(code.group(1), code.group(1))
        body = json.dumps({"__type": name, "message": message.group(1)}).encode()
        headers = [("content-type", "application/x-amz-json-1.1"), ("content-length", str(len(body)))]
    start(status, headers)
    return [body]


def application(environ, start):
    controlled = environ["PATH_INFO"].startswith("/control/")
    body = b""
    if controlled or is_form(environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
    if controlled:
        start("200 OK", [("content-type", "application/json")])
        return [json.dumps(control(environ, body)).encode()]
    fault = None if environ["PATH_INFO"].startswith("/moto-api") else fault_for(name_of(environ, body))
    if fault is None:
        return answered(environ, start)
    kind, ms = fault["kind"], fault.get("ms", 60_000 if fault["kind"] == "hang" else 300)
    if kind in ("hang", "latency"):
        time.sleep(ms / 1000)
        return answered(environ, start)
    if not is_form(environ):
        # Read to its end, so that the next request on the connection begins where it should.
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if kind == "reset":
        reset(environ)
    status, content_type, text = error_body(environ, kind)
    start(status, [("content-type", content_type), ("content-length", str(len(text)))])
    return [text.encode()]


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass

    def make_environ(self):
        return {**super().make_environ(), "local_cloud.handler": self}


server = ThreadedWSGIServer("127.0.0.1", 0, application, handler=Handler)
print(server.server_port, flush=True)
server.serve_forever()
