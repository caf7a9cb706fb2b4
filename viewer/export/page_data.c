/* SPDX-License-Identifier: Apache-2.0 */
#include "export/page.h"
#include "export/tree.h"
#include "report/json_writer.h"
#include <stdlib.h>

static char *page_label(const struct export_request *request, const struct frame *frame) {
  (void)request;
  return path_label(frame);
}

static uint64_t page_parent(const struct tree_node *node, int value) {
  (void)value;
  return node->parent;
}

static uint64_t page_label_number(const struct tree_node *node, int value) {
  (void)value;
  return node->label;
}

static uint64_t page_value(const struct tree_node *node, int value) {
  return node->values[value];
}

/* One field of all nodes; numbers has room for them. */
static void page_numbers(struct json *json, const char *key, const struct tree *tree,
                         uint64_t *numbers,
                         uint64_t (*field)(const struct tree_node *node, int value), int value) {
  for (size_t i = 0; i < tree->count; i++)
    numbers[i] = field(&tree->nodes[i], value);
  json_numbers(json, key, numbers, tree->count);
}

static void page_values(struct json *json, const struct tree *tree, uint64_t *numbers) {
  json_array(json, "values");
  for (int value = 0; value < EXPORT_VALUE_COUNT; value++) {
    json_object(json, NULL);
    json_text(json, "name", export_value_text(value));
    json_text(json, "unit", export_value_unit(value));
    page_numbers(json, "of", tree, numbers, page_value, value);
    json_object_end(json);
  }
  json_array_end(json);
}

static void page_tree(FILE *out, const struct tree *tree, uint64_t *numbers) {
  struct json json = json_to(out);
  json.in_html = true;
  json_object(&json, NULL);
  json_array(&json, "texts");
  for (uint32_t i = 0; i < tree->labels.count; i++)
    json_text(&json, NULL, table_key(&tree->labels, i));
  json_array_end(&json);
  page_numbers(&json, "parents", tree, numbers, page_parent, 0);
  page_numbers(&json, "labels", tree, numbers, page_label_number, 0);
  page_values(&json, tree, numbers);
  json_object_end(&json);
  json_end(&json);
}

bool page_data(FILE *out, const struct export_request *request) {
  static const struct tree_options options = {.label = page_label};
  struct tree tree;
  bool done = tree_build(&tree, request, &options);
  uint64_t *numbers = done ? calloc(tree.count, sizeof *numbers) : NULL;
  done = numbers;
  if (done) {
    fputs("<script type=\"application/json\" id=\"data\">\n", out);
    page_tree(out, &tree, numbers);
    fputs("</script>\n", out);
  }
  free(numbers);
  tree_release(&tree);
  return done;
}
