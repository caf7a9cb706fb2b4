// SPDX-License-Identifier: Apache-2.0
// A web server that keeps something of its last requests. usage: node service.js PORT
const http = require('http');
const kept = [];
http
  .createServer((request, response) => {
    kept.push(Buffer.alloc(20000, request.url));
    if (kept.length > 200) kept.shift();
    response.end('hello ' + JSON.stringify({path: request.url, bytes: kept.length}));
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
