"""Prints the URLs that botocore's S3 client presigns, as JSON, at one fixed moment.

Usage: presigned_urls.py SECONDS_SINCE_1970 BUCKET KEY...
"""
import datetime
import json
import sys
from unittest import mock

import botocore.auth
import botocore.session
from botocore.config import Config

moment = datetime.datetime.fromtimestamp(int(sys.argv[1]), datetime.timezone.utc)
bucket, keys = sys.argv[2], sys.argv[3:]

client = botocore.session.get_session().create_client(
    "s3",
    region_name="eu-central-1",
    aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="secret",
    config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
)


def urls(key):
    get = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key}, ExpiresIn=3600)
    put = client.generate_presigned_url(
        "put_object", {"Bucket": bucket, "Key": key, "ContentType": "image/png"}, ExpiresIn=60
    )
    return {"key": key, "get": get, "put": put}


with mock.patch.object(botocore.auth, "get_current_datetime", lambda: moment.replace(tzinfo=None)):
    json.dump([urls(key) for key in keys], sys.stdout)
