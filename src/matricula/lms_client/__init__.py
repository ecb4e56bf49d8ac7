"""What anyone may know of the LMS from outside: a protocol, a client over HTTP, and a fake.

It needs nothing of the LMS's own code. ``HttpLms`` speaks the Enrollment API v2 and the catalog in
course-discovery's shape; ``FakeLms`` answers the same in memory, for tests of those who call.
"""
