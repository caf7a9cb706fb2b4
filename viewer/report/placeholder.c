typedef int seep_placeholder; /* replaced by the folder's first source */
