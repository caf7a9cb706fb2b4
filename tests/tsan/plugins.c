/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins.h"
#include "sites.h"

#include "../../preload/capture.h"

#include <dlfcn.h>
#include <stdlib.h>

typedef void go(void (*go)(uint32_t, void (*)(void *), void *), uint32_t, void (*)(void *), void *);

/* The loader would call a hook: that is how the recorder finds out. */
void plugins_go(uint32_t way, void (*leaf)(void *data), void *data) {
  static const char *const names[] = {RACE_PLUGIN_A, RACE_PLUGIN_B};
  void *library = dlopen(names[way % 2], RTLD_NOW);
  go *plugin_go = library ? (go *)dlsym(library, "plugin_go") : NULL;
  if (!plugin_go)
    abort();
  capture_module_check(0);
  plugin_go(sites_go, way, leaf, data);
  dlclose(library);
  capture_module_check(0);
}
