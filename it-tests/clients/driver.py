"""python driver.py URI PHASE: PyMongo, as .ci/run uses it before (write) and after (check) kill -9."""

import re
import sys

import pymongo
from pymongo import monitoring
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure


class Started(monitoring.CommandListener):
    def __init__(self):
        self.commands = []

    def started(self, event):
        self.commands.append(event)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass

    def named(self, name):
        return [e.command for e in self.commands if e.command_name == name]


def ok(condition, what):
    print(f"{'ok' if condition else 'not ok'} - PyMongo: {what}", flush=True)
    if not condition:
        raise AssertionError(what)


def failure(kind, work):
    try:
        work()
    except kind as e:
        return e
    raise AssertionError("no error")


def write(client, started):
    ok(client.admin.command("hello")["msg"] == "isdbgrid", "connects without options and finds a mongos")

    branch = client["shop@feature-x"].python
    main = client.shop.python
    branch.insert_many([{"_id": i, "text": "x" * 100} for i in range(5000)])
    inserts = started.named("insert")
    ok(inserts and all("txnNumber" in c for c in inserts), "writes are sent as retryable")

    read = list(branch.find(batch_size=1000))
    pages = len(started.named("getMore"))
    ok(len(read) == 5000 and pages >= 4, f"pages through 5,000 documents with {pages} getMore")

    updated = branch.update_one({"_id": 7}, {"$inc": {"stock": -1}})
    ok(updated.modified_count == 1 and branch.find_one({"stock": -1})["_id"] == 7, "updates a document and finds it")
    failure(DuplicateKeyError, lambda: branch.insert_one({"_id": 7}))
    batch = failure(BulkWriteError, lambda: branch.insert_many([{"_id": 7}, {"_id": 5000}], ordered=False))
    ok([e["index"] for e in batch.details["writeErrors"]] == [0] and branch.find_one({"_id": 5000}),
       "an unordered batch goes on behind a duplicate key")
    branch.delete_one({"_id": 5000})

    ok(main.count_documents({}) == 0, "main does not see what the branch wrote")
    main.insert_one({"_id": "main"})
    ok(branch.find_one({"_id": "main"}) is None, "the branch does not see what main wrote")

    unknown = failure(OperationFailure, lambda: client["shop@feature-y"].python.find_one())
    ok(re.search("feature-y.*feature-x", str(unknown)), f"an unknown branch is an error: {unknown.details['errmsg']}")


def check(client):
    branch = client["shop@feature-x"].python
    ok(branch.count_documents({}) == 5000, "after kill -9 the branch has its 5,000 documents")
    ok(branch.find_one({"_id": 7})["stock"] == -1, "after kill -9 the update is there")
    ok(client.shop.python.count_documents({}) == 1, "after kill -9 main has its own document only")


def run():
    uri, phase = sys.argv[1:]
    started = Started()
    with pymongo.MongoClient(uri, event_listeners=[started]) as client:
        if phase == "write":
            write(client, started)
        else:
            check(client)


run()
