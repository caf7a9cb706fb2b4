/* SPDX-License-Identifier: Apache-2.0
 *
 * leaping.so: preloaded behind the recorder, so that its malloc is the real one to it. For one size
 * it raises a signal, whose handler may leave malloc by siglongjmp.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>

#define LEAP_BYTES 4242

void *malloc(size_t bytes) {
  static void *(*real)(size_t);
  if (!real)
    real = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  if (bytes == LEAP_BYTES)
    raise(SIGUSR1);
  return real(bytes);
}
