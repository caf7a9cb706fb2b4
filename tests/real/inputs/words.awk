# SPDX-License-Identifier: Apache-2.0
# Words and what follows them, as a program that builds many small tables.
{
  for (i = 1; i < NF; i++) {
    count[tolower($i)]++
    follows[tolower($i), tolower($(i + 1))]++
    text[tolower($i)] = text[tolower($i)] " " NR
  }
}
END {
  n = asorti(count, words)
  for (i = 1; i <= n; i++)
    if (count[words[i]] > 3)
      printf "%s %d %s\n", words[i], count[words[i]], substr(text[words[i]], 1, 40)
  print length(follows)
}
