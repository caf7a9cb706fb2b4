/* SPDX-License-Identifier: Apache-2.0
 *
 * The forms that a library and its debug information are shipped in (subjects/variants.sh): which
 * of them are found, and how much they say.
 */
#include "fake.h"
#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMS SUBJECT_BUILD "/subjects"
#define PLAIN SUBJECT_BUILD "/subject.so"

struct form {
  const char *path, *sysroot;
  enum symbols_state state;
  bool names_hidden; /* subject_hidden is not in .dynsym */
};

static struct symbols *open_form(struct fake *fake, const char *path,
                                 const struct symbols_options *options) {
  fake_init(fake, path);
  fake_add(fake, 1, fake_call(PLAIN, "subject_nested"), 0);
  fake_add(fake, 1, fake_call(PLAIN, "subject_calls_hidden"), 0);
  struct symbols *symbols = symbols_new_with(&fake->trace, options);
  assert_non_null(symbols);
  return symbols;
}

static void check_exported(const struct symbol *symbol, enum symbols_state state) {
  const struct symbol_frame *last = &symbol->frames[symbol->frame_count - 1];
  uint32_t line = fake_line("subject.c", "nested");
  if (state == SYMBOLS_FULL)
    fake_expect(last, "subject_nested", "subject.c", line);
  else
    fake_expect(last, state == SYMBOLS_NAMES ? "subject_nested" : NULL, NULL, 0);
  assert_int_equal(symbol->frame_count, state == SYMBOLS_FULL ? 3 : 1);
}

static void check_form(const struct form *form) {
  struct fake fake;
  struct symbols *symbols =
      open_form(&fake, form->path, &(struct symbols_options){.sysroot = form->sysroot});
  check_exported(symbols_look_up(symbols, 1), form->state);
  const char *hidden = symbols_look_up(symbols, 2)->frames[0].function;
  if (form->names_hidden)
    assert_string_equal(hidden, "subject_hidden");
  else
    assert_null(hidden);
  assert_int_equal(symbols_module_state(symbols, 1), form->state);
  symbols_free(symbols);
  fake_release(&fake);
}

static void test_forms(void **state) {
  (void)state;
  static const struct form forms[] = {
      {PLAIN, NULL, SYMBOLS_FULL, true},
      {FORMS "/compressed/subject.so", NULL, SYMBOLS_FULL, true},
      {FORMS "/same/subject.so", NULL, SYMBOLS_FULL, true},
      {FORMS "/dot/subject.so", NULL, SYMBOLS_FULL, true},
      {"/opt/subject.so", FORMS "/path", SYMBOLS_FULL, true},
      {"/opt/subject.so", FORMS "/id", SYMBOLS_FULL, true},
      {"/no/such.so", FORMS "/id", SYMBOLS_FULL, true}, /* the debug file alone */
      {FORMS "/mini/subject.so", NULL, SYMBOLS_NAMES, true},
      {FORMS "/crc/subject.so", NULL, SYMBOLS_NAMES, false},
      {FORMS "/stripped/subject.so", NULL, SYMBOLS_NAMES, false},
      {FORMS "/path/opt/subject.so", NULL, SYMBOLS_NAMES, false},
      {"/no/such.so", NULL, SYMBOLS_NO_FILE, false},
      {"subject.so", NULL, SYMBOLS_NO_FILE, false},
      {"/opt/none.so", FORMS "/path", SYMBOLS_NO_FILE, false},
      {SUBJECT_BUILD "/subject_noid.so", NULL, SYMBOLS_OTHER_BUILD, false},
      {SUBJECT_SOURCE "/subject.c", NULL, SYMBOLS_NONE, false},
      {SUBJECT_BUILD, NULL, SYMBOLS_NO_FILE, false},
      {"/dev/zero", NULL, SYMBOLS_NO_FILE, false},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    check_form(&forms[i]);
}

static void test_other_build(void **state) {
  (void)state;
  struct fake fake;
  struct symbols *symbols = open_form(&fake, PLAIN, NULL);
  fake.build_id[19]++;
  check_exported(symbols_look_up(symbols, 1), SYMBOLS_OTHER_BUILD);
  assert_int_equal(symbols_module_state(symbols, 1), SYMBOLS_OTHER_BUILD);
  assert_false(symbols_module_checked(symbols, 1));
  symbols_free(symbols);
  fake_release(&fake);
}

/* A trace that has no build-id takes any file, but says so. */
static void test_unchecked(void **state) {
  (void)state;
  struct fake fake;
  struct symbols *symbols = open_form(&fake, PLAIN, NULL);
  fake.modules[1].build_id_bytes = 0;
  check_exported(symbols_look_up(symbols, 1), SYMBOLS_FULL);
  assert_false(symbols_module_checked(symbols, 1));
  symbols_free(symbols);
  fake_release(&fake);
}

static void test_states_have_texts(void **state) {
  (void)state;
  for (int value = SYMBOLS_NOT_TRIED; value <= SYMBOLS_NONE; value++)
    assert_true(strlen(symbols_state_text((enum symbols_state)value)) > 1);
}

struct server {
  int socket;
  bool asked;
};

/* Says "not found" to whoever asks within two seconds. */
static void *serve(void *data) {
  static const char answer[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
                               "Connection: close\r\n\r\n";
  struct server *server = data;
  struct pollfd waiting = {.fd = server->socket, .events = POLLIN};
  char request[4096];
  while (poll(&waiting, 1, server->asked ? 300 : 2000) == 1) {
    int client = accept(server->socket, NULL, NULL);
    server->asked = true;
    if (read(client, request, sizeof request) > 0)
      assert_int_equal(write(client, answer, sizeof answer - 1), sizeof answer - 1);
    close(client);
  }
  return NULL;
}

static bool server_is_asked(bool allowed) {
  struct server server = {.socket = socket(AF_INET, SOCK_STREAM, 0)};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t bytes = sizeof address;
  char url[64], cache[] = "/tmp/seep-symbols-XXXXXX";
  pthread_t thread;
  struct fake fake;
  assert_int_equal(bind(server.socket, (struct sockaddr *)&address, bytes), 0);
  assert_int_equal(listen(server.socket, 5), 0);
  assert_int_equal(getsockname(server.socket, (struct sockaddr *)&address, &bytes), 0);
  assert_non_null(mkdtemp(cache));
  snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
  setenv("DEBUGINFOD_URLS", url, 1);
  setenv("DEBUGINFOD_CACHE_PATH", cache, 1);
  assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
  struct symbols *symbols = open_form(&fake, FORMS "/stripped/subject.so",
                                      &(struct symbols_options){.debuginfod = allowed});
  check_exported(symbols_look_up(symbols, 1), SYMBOLS_NAMES);
  pthread_join(thread, NULL);
  close(server.socket);
  unsetenv("DEBUGINFOD_URLS");
  symbols_free(symbols);
  fake_release(&fake);
  char remove[64];
  snprintf(remove, sizeof remove, "rm -r %s", cache);
  assert_int_equal(system(remove), 0);
  return server.asked;
}

static void test_servers(void **state) {
  (void)state;
  assert_false(server_is_asked(false));
  void *client = dlopen("libdebuginfod.so.1", RTLD_LAZY);
  if (!client) /* libdw opens it on demand: without it nobody can be asked */
    skip();
  dlclose(client);
  assert_true(server_is_asked(true));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_forms),     cmocka_unit_test(test_other_build),
      cmocka_unit_test(test_unchecked), cmocka_unit_test(test_states_have_texts),
      cmocka_unit_test(test_servers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
