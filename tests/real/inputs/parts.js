// SPDX-License-Identifier: Apache-2.0
// Objects, strings, buffers and promises; prints what does not depend on addresses.
'use strict';
const crypto = require('crypto');
const zlib = require('zlib');

class Part {
  constructor(id) {
    this.id = id;
    this.sizes = Array.from({length: id % 13}, (_, i) => i * id);
  }
}
const parts = new Map();
for (let i = 0; i < 20000; i++) parts.set(`part ${i}`, new Part(i));
const text = JSON.stringify([...parts.values()]);
console.log(text.length, crypto.createHash('sha256').update(text).digest('hex'));
console.log(zlib.gunzipSync(zlib.gzipSync(Buffer.from(text))).length);
const waits = [...Array(50).keys()].map((i) =>
  new Promise((done) => zlib.deflate(Buffer.from(text.slice(0, 1000 * i)), (e, z) => done(z.length))));
Promise.all(waits).then((lengths) => {
  console.log(lengths.reduce((a, b) => a + b));
  process.exitCode = 7;
});
