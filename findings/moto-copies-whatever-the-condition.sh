#!/bin/sh
# moto 5.2.5 copies an object although x-amz-copy-source-if-match does not match, and takes uploads with a wrong digest.
#
# What was done: boto3 talks to moto's S3. An object is copied on the condition that the source has an ETag that it does not
# have, then on the condition that it has not the one that it has; three uploads name the digest of other bytes.
# What was expected: 412 for both copies (Amazon S3 API, CopyObject, "x-amz-copy-source-if-match"), 400 BadDigest for the
# uploads (PutObject, "Content-MD5" and "x-amz-checksum-…"; Checking object integrity). moto lists both calls as done.
# What was seen: only the second copy is refused. The first goes through and replaces the target, and the three uploads are
# stored.
# Why it matters: copying by condition is how a backend moves blobs that somebody may replace at the same moment, and
# digests are its guard against half uploads. Tests of both against moto are green with the header misspelt, the ETag of
# another object or the hash of the wrong buffer, and the first real server refuses every upload.
#
# Needs python 3.11 with venv and pip, and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check "moto[s3]==5.2.5" boto3==1.44.8

cat >see.py <<'PY'
import base64
import hashlib
import os
import zlib

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

os.environ.update(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret", AWS_DEFAULT_REGION="us-east-1")


def outcome(call, **arguments):
    try:
        return call(Bucket="bucket", **arguments)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return error.response["Error"]["Code"]


def text(digest):
    return base64.b64encode(digest).decode()


with mock_aws():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="bucket")
    etag = s3.put_object(Bucket="bucket", Key="source", Body=b"new")["ETag"]
    s3.put_object(Bucket="bucket", Key="target", Body=b"old")
    copy = {"Key": "target", "CopySource": "bucket/source"}
    print("copy if it matches another:", outcome(s3.copy_object, CopySourceIfMatch='"another"', **copy))
    print("target now:", s3.get_object(Bucket="bucket", Key="target")["Body"].read().decode())
    print("copy if it does not match itself:", outcome(s3.copy_object, CopySourceIfNoneMatch=etag, **copy))

    other = b"other bytes"
    digests = {
        "ContentMD5": text(hashlib.md5(other).digest()),
        "ChecksumSHA256": text(hashlib.sha256(other).digest()),
        "ChecksumCRC32": text(zlib.crc32(other).to_bytes(4, "big")),
    }
    for name, digest in digests.items():
        print(f"upload with another {name}:", outcome(s3.put_object, Key=name, Body=b"bytes", **{name: digest}))
PY

env/bin/python see.py >output
cat output
cmp output - <<'SEEN'
copy if it matches another: 200
target now: new
copy if it does not match itself: PreconditionFailed
upload with another ContentMD5: 200
upload with another ChecksumSHA256: 200
upload with another ChecksumCRC32: 200
SEEN
