package dev.braid.jobs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A key as a contributor adds it, by its declaration alone. */
class AddedKeyTest {
  private final KeyTable table = new KeyTable();
  private final ConfigKey<Integer> depth =
      table.key("added.depth", ValueType.integer(1, 9), "3", "--depth", "How deep it goes.");

  private Settings given(final String name, final String value) {
    return Settings.of(table, List.of(Map.of(name, value)));
  }

  @Test
  void itIsReadAndHasItsDefaultWhereNothingIsGiven() {
    assertEquals(3, Settings.of(table, List.of()).get(depth));
    assertEquals(7, given("added.depth", "7").get(depth));
  }

  @Test
  void aValueThatIsNotAllowedIsRefusedWithWhatIs() {
    final Settings settings = given("added.depth", "10");
    assertEquals(
        "Configuration key 'added.depth' cannot be '10': it takes a whole number from 1 to 9.",
        assertThrows(ConfigException.class, () -> settings.get(depth)).getMessage());
  }

  @Test
  void aNameThatIsNotItsIsRefusedWithIt() {
    assertEquals(
        "Configuration key 'added.dept' is not known: did you mean 'added.depth'?",
        assertThrows(ConfigException.class, () -> given("added.dept", "7")).getMessage());
  }

  @Test
  void theReferenceAndTheHelpDescribeIt() {
    final String page = ConfigPage.tables(table);
    assertTrue(
        page.contains(
            "| `added.depth`<br>`--depth` | `3` | a whole number from 1 to 9 | How deep it goes. |"),
        page);
    assertEquals(
        "added.depth  (--depth)\n    How deep it goes.\n    Takes a whole number from 1 to 9;"
            + " default 3.\n",
        ConfigPage.text(table));
  }
}
