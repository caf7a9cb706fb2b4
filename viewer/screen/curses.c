/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/curses.h"

#include <langinfo.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct curses {
  SCREEN *terminal;
  struct screen shown; /* what the terminal shows */
  bool known;          /* shown is true */
  bool unicode;
  attr_t attributes[STYLE_COUNT];
  short pairs[STYLE_COUNT];
};

/* ---- The theme --------------------------------------------------------------------------------*/

static attr_t attributes_of(unsigned attributes) {
  return (attributes & THEME_BOLD ? A_BOLD : 0) | (attributes & THEME_DIM ? A_DIM : 0) |
         (attributes & THEME_REVERSE ? A_REVERSE : 0) |
         (attributes & THEME_UNDERLINE ? A_UNDERLINE : 0);
}

/* How many colours the terminal can show. */
static int colors_of_terminal(void) {
  if (!has_colors() || start_color() == ERR)
    return 0;
  use_default_colors();
  return COLORS;
}

void curses_dress(struct curses *curses, enum theme theme) {
  theme = theme_resolve(theme);
  int colors = theme == THEME_MONO ? 0 : colors_of_terminal();
  const struct theme_look *looks = theme_looks(theme, colors);
  for (short style = 0; style < STYLE_COUNT; style++) {
    curses->attributes[style] = attributes_of(looks[style].attributes);
    curses->pairs[style] = 0;
    if (looks[style].front < 0 && looks[style].back < 0)
      continue;
    curses->pairs[style] = (short)(style + 1);
    init_pair(curses->pairs[style], looks[style].front, looks[style].back);
  }
  curses_forget(curses);
}

/* ---- Opening and closing ----------------------------------------------------------------------*/

/* Every key reaches us as it is pressed, ^C and ^Z among them: see the table of actions. */
static void take_over(void) {
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(25);
  curs_set(0);
  mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
  mouseinterval(0);
}

struct curses *curses_open(enum theme theme, char *message, size_t message_bytes) {
  struct curses *curses = calloc(1, sizeof *curses);
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    snprintf(message, message_bytes, "stdin and stdout must be a terminal");
  } else if (!curses) {
    snprintf(message, message_bytes, "no memory");
  } else if (!(curses->terminal = newterm(NULL, stdout, stdin))) {
    const char *name = getenv("TERM");
    snprintf(message, message_bytes, "the terminal \"%.40s\" (TERM) is not known here",
             name ? name : "");
  } else {
    curses->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    take_over();
    curses_dress(curses, theme);
    return curses;
  }
  free(curses);
  return NULL;
}

void curses_close(struct curses *curses) {
  if (!curses)
    return;
  endwin();
  delscreen(curses->terminal);
  screen_release(&curses->shown);
  free(curses);
}

bool curses_unicode(const struct curses *curses) {
  return curses->unicode;
}

void curses_size(struct curses *curses, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col &&
      (size.ws_row != LINES || size.ws_col != COLS)) {
    resizeterm(size.ws_row, size.ws_col);
    curses_forget(curses);
  }
  *rows = LINES;
  *columns = COLS;
}

void curses_leave(struct curses *curses) {
  endwin();
  curses_forget(curses);
}

void curses_suspend(struct curses *curses) {
  sigset_t stop, before;
  struct sigaction fall = {.sa_handler = SIG_DFL}, was;
  curses_leave(curses);
  /* As the terminal's own ^Z would: the whole group stops, we with it. */
  sigaction(SIGTSTP, &fall, &was);
  kill(0, SIGTSTP);
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &before);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  sigaction(SIGTSTP, &was, NULL);
}

#define COPY_BYTES_MOST 74994 /* what the most cautious terminals take */

bool curses_copy(const char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t bytes = strlen(text);
  if (bytes > COPY_BYTES_MOST)
    return false;
  fputs("\033]52;c;", stdout);
  for (size_t i = 0; i < bytes; i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; j++)
      group = group << 8 | (i + j < bytes ? (unsigned char)text[i + j] : 0);
    for (size_t j = 0; j < 4; j++)
      putchar(i + j <= bytes ? digits[group >> (18 - 6 * j) & 63] : '=');
  }
  putchar('\a');
  return fflush(stdout) == 0;
}

/* ---- Showing ----------------------------------------------------------------------------------*/

void curses_forget(struct curses *curses) {
  curses->known = false;
}

static void show_cell(const struct curses *curses, int row, int column,
                      const struct screen_cell *cell) {
  cchar_t out;
  wchar_t text[4] = {L' '};
  for (int i = 0; i < 3 && cell->text[0]; i++)
    text[i] = (wchar_t)cell->text[i];
  if (setcchar(&out, text, curses->attributes[cell->style], curses->pairs[cell->style], NULL) == OK)
    mvadd_wch(row, column, &out); /* fails in the last corner, after writing the cell */
}

/* From the first cell of a row that changed to the last; a wide character counts as one. */
static void show_row(const struct curses *curses, const struct screen *screen, int row) {
  size_t start = (size_t)row * (size_t)screen->columns;
  const struct screen_cell *now = screen->cells + start, *then = curses->shown.cells + start;
  int first = 0, last = screen->columns - 1;
  while (curses->known && first <= last && memcmp(&now[first], &then[first], sizeof *now) == 0)
    first++;
  while (curses->known && last > first && memcmp(&now[last], &then[last], sizeof *now) == 0)
    last--;
  while (first > 0 && now[first < screen->columns ? first : first - 1].width == 0)
    first--;
  for (int column = first; column <= last; column++)
    if (now[column].width)
      show_cell(curses, row, column, &now[column]);
}

void curses_show(struct curses *curses, const struct screen *screen) {
  if (curses->shown.rows != screen->rows || curses->shown.columns != screen->columns)
    curses->known = false;
  if (!curses->known) {
    erase();
    clearok(curscr, TRUE);
  }
  for (int row = 0; row < screen->rows; row++)
    show_row(curses, screen, row);
  refresh();
  curses->known = false;
  if ((curses->shown.rows == screen->rows && curses->shown.columns == screen->columns) ||
      screen_resize(&curses->shown, screen->rows, screen->columns)) {
    memcpy(curses->shown.cells, screen->cells,
           (size_t)screen->rows * (size_t)screen->columns * sizeof *screen->cells);
    curses->known = true;
  }
}

/* ---- Keys -------------------------------------------------------------------------------------*/

static uint32_t code_of_curses(wint_t code) {
  static const struct {
    wint_t theirs;
    uint32_t ours;
  } codes[] = {
      {KEY_UP, KEY_CODE_UP},       {KEY_DOWN, KEY_CODE_DOWN},       {KEY_LEFT, KEY_CODE_LEFT},
      {KEY_RIGHT, KEY_CODE_RIGHT}, {KEY_PPAGE, KEY_CODE_PAGE_UP},   {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
      {KEY_HOME, KEY_CODE_FIRST},  {KEY_END, KEY_CODE_LAST},        {KEY_BTAB, KEY_CODE_BACK_TAB},
      {KEY_ENTER, KEY_CODE_ENTER}, {KEY_BACKSPACE, KEY_CODE_ERASE}, {KEY_DC, KEY_CODE_ERASE}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].theirs == code)
      return codes[i].ours;
  return KEY_CODE_NONE;
}

static void read_mouse(struct key *key) {
  MEVENT event;
  if (getmouse(&event) != OK)
    return;
  key->row = event.y;
  key->column = event.x;
  key->code = event.bstate & BUTTON4_PRESSED   ? KEY_CODE_WHEEL_UP
              : event.bstate & BUTTON5_PRESSED ? KEY_CODE_WHEEL_DOWN
              : event.bstate & BUTTON1_PRESSED ? KEY_CODE_CLICK
                                               : KEY_CODE_NONE;
}

/* Nothing could be read: because nothing is there, or because nothing will ever be? */
static enum curses_input why_nothing(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  int waiting = 0;
  if (poll(&input, 1, 0) <= 0)
    return CURSES_NOTHING;
  if (input.revents & (POLLHUP | POLLERR | POLLNVAL))
    return CURSES_GONE;
  return ioctl(STDIN_FILENO, FIONREAD, &waiting) < 0 || !waiting ? CURSES_GONE : CURSES_NOTHING;
}

enum curses_input curses_read(struct curses *curses, struct key *key) {
  (void)curses;
  wint_t code;
  *key = (struct key){0};
  switch (get_wch(&code)) {
  case OK:
    key->code = code == '\r' ? KEY_CODE_ENTER : code == '\b' ? KEY_CODE_ERASE : (uint32_t)code;
    return CURSES_KEY;
  case KEY_CODE_YES:
    if (code == KEY_MOUSE)
      read_mouse(key);
    else
      key->code = code_of_curses(code);
    return CURSES_KEY;
  default:
    return why_nothing();
  }
}
