#!/bin/bash
# Exit code 0 when this container's app answers 200 to /readiness. Needs nothing but bash, so the image needs no client.
exec 3<>"/dev/tcp/127.0.0.1/${SERVER_PORT:-8080}" || exit 1
printf 'GET /readiness HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
