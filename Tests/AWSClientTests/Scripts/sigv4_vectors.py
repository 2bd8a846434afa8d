"""Prints signatures made by botocore, as JSON, for requests drawn from a seed.

Usage: sigv4_vectors.py SEED COUNT

Left out are requests where botocore departs from AWS's published rules; the Swift tests hold those to the rules:
  - paths of services other than S3 that end in a dot segment (RFC 3986 keeps the last slash, botocore drops it);
  - an empty path at S3 (AWS signs "/", botocore nothing);
  - bare reserved bytes and lower-case escapes in queries and S3 paths (AWS encodes anew, botocore signs as is);
  - empty pieces of a query (botocore signs "=");
  - repeated parameters in presigned URLs (botocore keeps the first alone).
"""
import datetime
import json
import random
import sys
from urllib.parse import quote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

SAFE = "-_.~"
LETTERS = "abcXYZ019-_.~ %+&=?/:@!$'()*,;[]{}|\\^`\"<>#äß€漢😀"
SERVICES = {"s3": "s3", "sqs": "sqs", "sts": "sts", "bedrockRuntime": "bedrock"}
METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"]


def text(rng, most, letters=LETTERS):
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, most)))


def path(rng, service):
    segments = []
    for _ in range(rng.randint(0, 5)):
        kind = rng.random()
        if kind < 0.1:
            segments.append("")
        elif kind < 0.2:
            segments.append(rng.choice([".", "..", "..."]))
        else:
            segments.append(quote(text(rng, 8), safe=SAFE))
    if service != "s3":
        # A name last: see above.
        segments.append(quote(text(rng, 8, "abc %:/äß"), safe=SAFE))
        if rng.random() < 0.3:
            segments.append("")
    if not segments:
        return "/"
    return "/" + "/".join(segments)


def query(rng, is_presigned):
    pairs = []
    for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
        name = rng.choice(["a", "A", "a-b", "a=b", "aa", "Param", "x-id", text(rng, 4)])
        value = rng.choice(["", "1", "2", "10", text(rng, 6)])
        if is_presigned and (name in [pair[0] for pair in pairs]):
            continue
        pairs.append((name, value))
    encoded = []
    for name, value in pairs:
        is_bare = value == "" and not is_presigned and rng.random() < 0.5
        encoded.append(quote(name, safe=SAFE) + ("" if is_bare else "=" + quote(value, safe=SAFE)))
    return "?" + "&".join(encoded) if encoded else ""


def headers(rng):
    drawn = []
    names = ["Content-Type", "x-amz-meta-note", "X-Amz-Meta-Note", "Zebra", "accept", "If-None-Match", "User-Agent",
             "X-Amzn-Trace-Id", "Connection", "Expect", "gamma", "hosted", "host-like"]
    for _ in range(rng.choice([0, 1, 2, 3, 6])):
        value = text(rng, 12, "abc  ,;=/\"*019\t")
        drawn.append((rng.choice(names), rng.choice(["", " ", "  "]) + value + rng.choice(["", " ", "   "])))
    return drawn


def case(rng):
    service = rng.choice(["s3", "s3", "sqs", "sts", "bedrockRuntime"])
    is_presigned = rng.random() < 0.35
    region = rng.choice(["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
    host = rng.choice(["example.amazonaws.com", "bucket.s3.eu-central-1.amazonaws.com", "localhost:4566",
                       "127.0.0.1:80", "example.com:443", "[::1]:9000"])
    url = rng.choice(["http", "https"]) + "://" + host + path(rng, service) + query(rng, is_presigned)
    method = rng.choice(["GET", "PUT"] if is_presigned else METHODS)
    body = "" if is_presigned else rng.choice(["", text(rng, 200)])
    fields = headers(rng)
    when = datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=rng.randrange(100 * 365 * 86400))
    token = rng.choice([None, text(rng, 60, "abcXYZ019+/=")])
    credentials = Credentials(text(rng, 20, "ABCDEFGH0123"), text(rng, 40, "abcXYZ019+/="), token)
    expires = rng.choice([1, 60, 3600, 604800])
    is_unsigned = service == "s3" and rng.random() < 0.3

    botocore.auth.get_current_datetime = lambda *_, **__: when
    request = AWSRequest(method=method, url=url, data=body.encode() or None)
    for name, value in fields:
        request.headers[name] = value
    if is_unsigned:
        request.context["client_config"] = Config(s3={"payload_signing_enabled": False})
    name = SERVICES[service]
    if is_presigned:
        kind = botocore.auth.S3SigV4QueryAuth if service == "s3" else botocore.auth.SigV4QueryAuth
        auth = kind(credentials, name, region, expires=expires)
    else:
        kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
        auth = kind(credentials, name, region)

    seen = {}
    for step in ["canonical_request", "string_to_sign", "signature"]:
        def record(*arguments, step=step, original=getattr(auth, step)):
            seen[step] = original(*arguments)
            return seen[step]
        setattr(auth, step, record)
    auth.add_auth(request)
    return {
        "service": service, "region": region, "method": method, "url": url, "body": body,
        "fields": [list(field) for field in fields], "isPresigned": is_presigned, "isUnsigned": is_unsigned,
        "time": int(when.replace(tzinfo=datetime.timezone.utc).timestamp()), "expires": expires,
        "accessKey": credentials.access_key, "secretKey": credentials.secret_key, "token": token,
        "canonicalRequest": seen["canonical_request"], "stringToSign": seen["string_to_sign"],
        "signature": seen["signature"],
        "result": request.url if is_presigned else request.headers["Authorization"],
    }


def main():
    rng = random.Random(int(sys.argv[1]))
    json.dump([case(rng) for _ in range(int(sys.argv[2]))], sys.stdout)


main()
