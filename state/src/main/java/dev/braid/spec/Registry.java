package dev.braid.spec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * All kinds of one sort of thing, by name.
 *
 * @param <E> the sort
 */
public final class Registry<E extends Entry> {
  private final String sort;
  private final Map<String, E> entries = new TreeMap<>();

  /** The same, for who asks by name for each of a million models. */
  private final Map<String, E> byName = new HashMap<>();

  /**
   * @param sort what one of them is called in messages: {@code detector}
   * @throws IllegalArgumentException if a name is none or is there twice
   */
  public Registry(final String sort, final List<? extends E> entries) {
    this.sort = sort;
    entries.forEach(this::add);
  }

  /**
   * With the entries that other modules offer as services of a type, if they are on the class path.
   *
   * @param sort what one of them is called in messages: {@code detector}
   * @param entries the module's own
   * @param service the type as which other modules offer theirs
   * @throws IllegalArgumentException if a name is none or is there twice
   */
  public static <E extends Entry> Registry<E> withServices(
      final String sort, final List<? extends E> entries, final Class<E> service) {
    final Registry<E> registry = new Registry<>(sort, entries);
    ServiceLoader.load(service, service.getClassLoader()).forEach(registry::add);
    return registry;
  }

  private void add(final E entry) {
    if (!Term.isName(entry.name()) || entries.putIfAbsent(entry.name(), entry) != null) {
      throw new IllegalArgumentException(
          "'" + entry.name() + "' cannot be the name of a " + sort + ", or is one already");
    }
    byName.put(entry.name(), entry);
  }

  /** All names, in alphabetical order. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** All entries, by name in alphabetical order. */
  public List<E> entries() {
    return List.copyOf(entries.values());
  }

  public boolean has(final String name) {
    return byName.containsKey(name);
  }

  /**
   * The entry of a name.
   *
   * @throws IllegalArgumentException with one sentence that lists the names there are
   */
  public E find(final String name) {
    final E entry = byName.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "there is no "
              + sort
              + " '"
              + name
              + "'; there are "
              + String.join(", ", entries.keySet()));
    }
    return entry;
  }

  /**
   * The options that a term gives, with defaults for the others.
   *
   * @throws IllegalArgumentException with one sentence, if there is no such entry or option
   */
  public Options options(final Term term) {
    final E entry = find(term.name());
    return Options.of(sort + " '" + term.name() + "'", entry.options(), term);
  }

  /**
   * The reference of all entries and their options in Markdown: a table of entries, then a table of
   * options for each entry that has any.
   *
   * @param heading the Markdown of headings below the caller's, for instance {@code ###}
   */
  public String reference(final String heading) {
    final StringBuilder page = new StringBuilder("| name | what it is |\n|---|---|\n");
    for (final E entry : entries.values()) {
      page.append("| `").append(entry.name()).append("` | ").append(cell(entry.description()));
      page.append(" |\n");
    }
    for (final E entry : entries.values()) {
      if (!entry.options().isEmpty()) {
        page.append('\n').append(heading).append(" `").append(entry.name()).append("`\n\n");
        page.append("| option | default | meaning |\n|---|---|---|\n");
        for (final Option option : entry.options()) {
          page.append("| `").append(option.name()).append("` | ");
          page.append(
              option.defaultValue().isEmpty() ? "" : "`" + cell(option.defaultValue()) + "`");
          page.append(" | ").append(cell(option.description())).append(" |\n");
        }
      }
    }
    return page.toString();
  }

  private static String cell(final String text) {
    return text.replace("|", "\\|");
  }
}
