package dev.braid.connectors.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The user's choice of columns, checked against the names that a file has. */
final class ColumnChoice {
  private final String place;
  private final List<String> names;
  private final TableColumns wanted;
  private final Set<String> dropped;
  private final Set<String> nominal;
  private final Set<String> numeric;

  /**
   * @param names of all columns of the file, each once
   * @throws StreamException if a column is asked for that is not there, or for two things at once
   */
  ColumnChoice(final String place, final List<String> names, final TableColumns wanted) {
    this.place = place;
    this.names = names;
    this.wanted = wanted;
    dropped = known("--drop", wanted.drop());
    nominal = known("--nominal", wanted.nominal());
    numeric = known("--numeric", wanted.numeric());
    if (wanted.label() != null) {
      requireKnown("--label-column", wanted.label());
      refuseBoth("--label-column", Set.of(wanted.label()), "--drop", dropped);
    }
    refuseBoth("--drop", dropped, "--nominal", nominal);
    refuseBoth("--drop", dropped, "--numeric", numeric);
    refuseBoth("--nominal", nominal, "--numeric", numeric);
  }

  /** Every name once: one that comes again gets a number. */
  static List<String> unique(final List<String> names) {
    final Set<String> taken = new HashSet<>(names);
    final Set<String> seen = new HashSet<>();
    final Map<String, Integer> copies = new HashMap<>();
    final List<String> unique = new ArrayList<>(names.size());
    for (final String name : names) {
      String free = name;
      if (!seen.add(name)) {
        do {
          free = name + "_" + copies.merge(name, 2, (n, first) -> n + 1);
        } while (taken.contains(free));
      }
      unique.add(free);
    }
    return unique;
  }

  boolean isDropped(final String name) {
    return dropped.contains(name);
  }

  boolean isNominal(final String name) {
    return nominal.contains(name);
  }

  boolean isNumeric(final String name) {
    return numeric.contains(name);
  }

  /** Whether the user names the column in any way. */
  boolean mentions(final String name) {
    return name.equals(wanted.label()) || isDropped(name) || isNominal(name) || isNumeric(name);
  }

  /**
   * The column of the label.
   *
   * @param usual names that a label often has, in lower case, the likeliest first; without one of
   *     them it is the last column that is not left out
   */
  int label(final List<String> usual) {
    if (wanted.label() != null) {
      return names.indexOf(wanted.label());
    }
    for (final String name : usual) {
      for (int c = 0; c < names.size(); c++) {
        if (names.get(c).equalsIgnoreCase(name) && !isDropped(names.get(c))) {
          return c;
        }
      }
    }
    for (int c = names.size() - 1; c >= 0; c--) {
      if (!isDropped(names.get(c))) {
        return c;
      }
    }
    throw new StreamException(place + ": --drop leaves no column");
  }

  private Set<String> known(final String option, final List<String> asked) {
    asked.forEach(name -> requireKnown(option, name));
    return Set.copyOf(asked);
  }

  private void requireKnown(final String option, final String name) {
    if (!names.contains(name)) {
      throw new StreamException(
          place
              + " has no column "
              + Quoted.text(name)
              + ", as "
              + option
              + " says; it has "
              + Quoted.list(names));
    }
  }

  private void refuseBoth(
      final String option, final Set<String> some, final String other, final Set<String> others) {
    for (final String name : some) {
      if (others.contains(name)) {
        throw new StreamException(
            place + ": column " + Quoted.text(name) + " is in both " + option + " and " + other);
      }
    }
  }
}
