typedef int seep_placeholder;
