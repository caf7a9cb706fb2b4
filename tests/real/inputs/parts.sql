-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE part (id INTEGER PRIMARY KEY, name TEXT, size INTEGER);
CREATE INDEX part_size ON part (size, name);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO part SELECT i, printf('part %d of %s', i, hex(i * 7919)), (i * 7919) % 101 FROM n;
SELECT size, count(*), max(length(name)), group_concat(substr(name, 1, 3)) FROM part
 GROUP BY size HAVING size % 10 = 3 ORDER BY size;
SELECT a.id, b.id FROM part a JOIN part b ON a.size = b.size AND a.id < b.id AND b.id < 100
 ORDER BY 1, 2 LIMIT 20;
DELETE FROM part WHERE size % 2;
SELECT json_group_array(json_object('n', name, 's', size)) FROM (SELECT * FROM part LIMIT 50);
SELECT count(*), sum(size) FROM part;
