/* SPDX-License-Identifier: Apache-2.0
 *
 * The viewer in memory: keys in, screens out, as text. No terminal, no clock; every key waits until
 * the model is still, so that the same script prints the same screens.
 *
 *   screen_script [--ascii] [--styles] [--size COLUMNSxROWS] [--from MARK] [--to MARK]
 *                 [--old TRACE] [--svg dark|light] TRACE KEYS
 *   screen_script --family [OPTION...] TRACE... KEYS
 *   screen_script --actions
 *
 * --actions prints all actions, each with its keys as KEYS has them.
 *
 * KEYS: characters, and names in angle brackets (screen/key.h). Besides: <Show> prints the screen
 * as it is, <Size COLUMNS ROWS> resizes, <Copy FILE> puts FILE's bytes in place of the trace's and
 * waits for the viewer to notice, <Run COMMAND> has the shell run it, <Await TEXT> waits until TEXT
 * is on the screen. The last screen is always printed: with --svg as a picture.
 */
#include "screen/key.h"
#include "screen/visit.h"
#include "screen_svg.h"

#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICE_MS 20000

struct script {
  struct model_options model_options;
  struct visit visit;
  int rows, columns;
  bool ascii, styles;
  int picture; /* enum theme; 0: text */
};

static void fail(const char *what, const char *text) {
  fprintf(stderr, "screen_script: %s: %s\n", what, text);
  exit(2);
}

/* ---- Printing ---------------------------------------------------------------------------------*/

/* A letter for every cell's meaning: what colours would tell. */
static void print_styles(const struct screen_cell *cells, int columns) {
  static const char letters[STYLE_COUNT] = {[STYLE_TEXT] = '.',
                                            [STYLE_QUIET] = 'q',
                                            [STYLE_HEADING] = 'H',
                                            [STYLE_CURSOR] = 'C',
                                            [STYLE_LEAK] = 'L',
                                            [STYLE_GROWTH] = 'G',
                                            [STYLE_BAR] = 'b',
                                            [STYLE_STATUS] = 'S',
                                            [STYLE_MATCH] = 'M',
                                            [STYLE_WARNING] = 'W',
                                            [STYLE_SHADE_FIRST... STYLE_SHADE_LAST] = 's',
                                            [STYLE_SHADE_LEAK] = 'l'};
  for (int column = 0; column < columns; column++)
    putchar(letters[cells[column].style]);
  putchar('\n');
}

static void show(struct script *script) {
  const struct screen *screen = desk_draw(visit_desk(&script->visit));
  for (int row = 0; row < screen->rows; row++)
    screen_write_row(stdout, screen, row);
  printf("---- %d x %d\n", screen->columns, screen->rows);
  for (int row = 0; script->styles && row < screen->rows; row++)
    print_styles(screen->cells + (size_t)row * (size_t)screen->columns, screen->columns);
}

/* ---- Steps ------------------------------------------------------------------------------------*/

/* Taking may lead to new wishes: symbols of what is shown now, another process. */
static void settle(struct script *script) {
  do {
    model_settle(script->visit.home_model);
    model_settle(visit_model(&script->visit));
  } while (visit_take(&script->visit));
  const struct trace_error *error = model_error(script->visit.home_model);
  if (!error)
    error = model_old_error(script->visit.home_model);
  if (error)
    fail(trace_status_text(error->status), error->detail);
}

static void resize(struct script *script, int columns, int rows) {
  if (!visit_resize(&script->visit, rows, columns))
    fail("size", "no memory");
}

static void copy(const char *from, const char *to) {
  char buffer[65536];
  size_t count;
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  if (!in || !out)
    fail("cannot copy", from);
  while ((count = fread(buffer, 1, sizeof buffer, in)))
    fwrite(buffer, 1, count, out);
  if (fclose(out))
    fail("cannot write", to);
  fclose(in);
}

/* Waits for something to take, and takes it; false: there was nothing. */
static bool notice(struct script *script, int ms) {
  int models[2];
  visit_descriptors(&script->visit, models);
  struct pollfd waits[] = {{.fd = models[0], .events = POLLIN},
                           {.fd = models[1], .events = POLLIN}};
  bool some = poll(waits, 2, ms) > 0;
  visit_take(&script->visit);
  return some;
}

/* Changes the trace under the viewer, and waits until it shows the new one. */
static void replace(struct script *script, const char *path) {
  const struct model *model = visit_model(&script->visit);
  const struct picture *before = model_picture(model);
  copy(path, script->model_options.path);
  while (model_picture(model) == before)
    if (!notice(script, NOTICE_MS))
      fail("the change was not noticed", path);
  settle(script);
}

static bool screen_has(const struct screen *screen, const char *text) {
  char *shown = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&shown, &bytes);
  for (int row = 0; row < screen->rows; row++)
    screen_write_row(out, screen, row);
  fclose(out);
  bool has = strstr(shown, text);
  free(shown);
  return has;
}

/* Waits until the screen shows text. */
static void await(struct script *script, const char *text) {
  for (int ms = 0; !screen_has(desk_draw(visit_desk(&script->visit)), text); ms += 50) {
    if (ms >= NOTICE_MS) {
      show(script);
      fail("never shown", text);
    }
    notice(script, 50);
  }
}

/* A step that is no key; false: it is one. */
static bool step_command(struct script *script, const char **keys) {
  char path[1024];
  int columns, rows, taken = 0;
  if (strncmp(*keys, "<Show>", 6) == 0) {
    show(script);
    taken = 6;
  } else if (sscanf(*keys, "<Size %d %d>%n", &columns, &rows, &taken) == 2 && taken) {
    resize(script, columns, rows);
  } else if (sscanf(*keys, "<Copy %1023[^>]>%n", path, &taken) == 1 && taken) {
    replace(script, path);
  } else if (sscanf(*keys, "<Run %1023[^>]>%n", path, &taken) == 1 && taken) {
    if (system(path) != 0)
      fail("failed", path);
  } else if (sscanf(*keys, "<Await %1023[^>]>%n", path, &taken) == 1 && taken) {
    await(script, path);
  }
  *keys += taken;
  return taken != 0;
}

/* What the terminal or an editor would get. */
static void tell_errand(const struct errand *errand) {
  if (errand->kind == ERRAND_EDIT)
    printf("---- edit %s at line %u\n", strrchr(errand->text, '/') + 1, errand->line);
  else if (errand->kind == ERRAND_COPY)
    printf("---- copy\n%s---- copied\n", errand->text);
}

/* What only a terminal would show. */
static void tell_result(enum desk_result result) {
  if (result == DESK_SUSPEND)
    puts("---- suspend");
  else if (result == DESK_REDRAW)
    puts("---- redraw");
}

/* Returns false when the viewer quits. */
static bool step(struct script *script, const char **keys) {
  struct key key;
  if (step_command(script, keys))
    return true;
  if (!key_parse(keys, &key))
    fail("no such key", *keys);
  desk_draw(visit_desk(&script->visit)); /* a key works on what was seen */
  enum desk_result result = visit_key(&script->visit, &key);
  if (result == DESK_QUIT)
    return false;
  tell_result(result);
  tell_errand(desk_errand(visit_desk(&script->visit)));
  settle(script);
  return true;
}

static void run(struct script *script, const char *keys) {
  if (!visit_begin(&script->visit, &script->model_options, !script->ascii))
    fail("start", "no memory");
  if (script->model_options.old_path)
    desk_begin(script->visit.home, ACTION_VIEW_DIFF);
  resize(script, script->columns, script->rows);
  settle(script);
  bool go_on = true;
  while (*keys && go_on)
    go_on = step(script, &keys);
  if (script->picture > 0)
    screen_svg(desk_draw(visit_desk(&script->visit)), (enum theme)script->picture);
  else if (go_on)
    show(script);
  else
    puts("---- quit");
  visit_end(&script->visit);
}

static int list_actions(void) {
  static const char *const names[ACTION_COUNT] = {
#define X(name, ...) [ACTION_##name] = #name,
      ACTIONS(X)
#undef X
  };
  for (int action = 1; action < ACTION_COUNT; action++) {
    const struct action_info *info = action_info((enum action)action);
    printf("%s", names[action]);
    for (int i = 0; i < ACTION_KEYS && info->keys[i]; i++) {
      char label[KEY_NAME_BYTES];
      key_label(info->keys[i], label);
      printf(label[1] ? " <%s>" : " %s", label);
    }
    putchar('\n');
  }
  return 0;
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"ascii", no_argument, NULL, 'a'},      {"styles", no_argument, NULL, 's'},
      {"size", required_argument, NULL, 'z'}, {"from", required_argument, NULL, 'f'},
      {"to", required_argument, NULL, 't'},   {"old", required_argument, NULL, 'o'},
      {"svg", required_argument, NULL, 'g'},  {"actions", no_argument, NULL, 'l'},
      {"family", no_argument, NULL, 'p'},     {0}};
  struct script script = {.rows = 24, .columns = 80};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
    if (option == 'a')
      script.ascii = true;
    else if (option == 'l')
      return list_actions();
    else if (option == 's')
      script.styles = true;
    else if (option == 'p')
      script.model_options.family = (const char *const *)argv; /* from optind on */
    else if (option == 'f')
      script.model_options.from = optarg;
    else if (option == 'o')
      script.model_options.old_path = optarg;
    else if (option == 'g')
      script.picture = theme_of(optarg);
    else if (option == 't')
      script.model_options.to = optarg;
    else if (option != 'z' || sscanf(optarg, "%dx%d", &script.columns, &script.rows) != 2)
      fail("usage", "[--ascii] [--styles] [--size CxR] [--from M] [--to M] TRACE KEYS");
  int traces = argc - optind - 1;
  if (traces < 1 || (traces > 1 && !script.model_options.family))
    fail("usage", "TRACE KEYS");
  if (!setlocale(LC_CTYPE, "C.UTF-8"))
    fail("locale", "there is no C.UTF-8");
  script.model_options.path = argv[optind];
  if (script.model_options.family)
    script.model_options.family += optind;
  script.model_options.family_count = (size_t)traces;
  script.model_options.follow =
      strstr(argv[argc - 1], "<Copy ") || strstr(argv[argc - 1], "<Await ");
  run(&script, argv[argc - 1]);
  return 0;
}
