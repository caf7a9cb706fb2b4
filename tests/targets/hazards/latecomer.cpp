/* SPDX-License-Identifier: Apache-2.0
 *
 * A library that brings libstdc++ into a process which has none, out of sight of the program.
 */
static char *volatile latecomer_block; /* so that no pair of new and delete is thought away */

extern "C" char *latecomer_allocate(void) {
  latecomer_block = new char[10];
  delete[] latecomer_block;
  return latecomer_block = new char[1001];
}
