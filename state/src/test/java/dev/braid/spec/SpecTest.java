package dev.braid.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text in which things are chosen, and the registries they are chosen from. */
class SpecTest {
  private record Fruit(String name, String description, List<Option> options) implements Entry {}

  private enum Shade {
    LIGHT,
    VERY_DARK
  }

  private static final List<Option> OPTIONS =
      List.of(new Option("size", "3", "Size, 1 to 9."), new Option("share", "0.5", "Share."));
  private static final Registry<Fruit> FRUITS =
      new Registry<>(
          "fruit",
          List.of(new Fruit("pear", "Long.", OPTIONS), new Fruit("apple", "Round.", List.of())));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pear | pear | '' | 1",
        "pear(4) | pear | 4 | 1",
        " pear ( size = 4 , share=1e-3 ) * 12 | pear | 'size = 4 , share=1e-3' | 12",
        "pear(f(a*2),(b))*3 | pear | f(a*2),(b) | 3",
        "pear(a*2) | pear | a*2 | 1"
      })
  void aTermHasNameArgumentsAndCount(
      final String text, final String name, final String arguments, final int count) {
    final Term term = Term.parse(text);
    assertEquals(new Term(name, arguments, count), term);
    assertEquals(term, Term.parse(term.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Pear",
        "pear(",
        "pear)",
        "pear()x",
        "pear*0",
        "pear*",
        "pear*-1",
        "pear*9999999",
        "(4)",
        "pe ar"
      })
  void whatIsNoTermIsRefused(final String text) {
    assertThrows(IllegalArgumentException.class, () -> Term.parse(text));
  }

  @Test
  void aSeparatorInsideOfParenthesesDoesNotCut() {
    assertEquals(
        List.of(new Term("a", "b+c", 1), new Term("d", "", 2)), Term.parseAll("a(b+c)+d*2", '+'));
  }

  @Test
  void parenthesesMustMatch() {
    assertThrows(IllegalArgumentException.class, () -> Term.parseAll("a(b+c", '+'));
    assertThrows(IllegalArgumentException.class, () -> Term.parseAll("a)+(b", '+'));
  }

  @Test
  void optionsAreGivenByNameOrPlaceAndHaveDefaults() {
    assertEquals(4, FRUITS.options(Term.parse("pear(4)")).integer("size", 1, 9));
    assertEquals(0.25, FRUITS.options(Term.parse("pear(4,0.25)")).real("share", 0, 1));
    assertEquals(0.25, FRUITS.options(Term.parse("pear(share=0.25)")).real("share", 0, 1));
    assertEquals(3, FRUITS.options(Term.parse("pear(share=0.25)")).integer("size", 1, 9));
  }

  @Test
  void anErrorNamesTheOptionItsOwnerAndWhatIsAllowed() {
    assertEquals(
        "option 'size' of fruit 'pear' is '10'; it must be a whole number from 1 to 9",
        message(() -> FRUITS.options(Term.parse("pear(10)")).integer("size", 1, 9)));
    assertEquals(
        "fruit 'pear' has no option 'sise'; it has size, share",
        message(() -> FRUITS.options(Term.parse("pear(sise=1)"))));
    assertEquals(
        "there is no fruit 'plum'; there are apple, pear", message(() -> FRUITS.find("plum")));
    assertEquals(
        "'apple(1)' gives more values than fruit 'apple' has options; it has none",
        message(() -> FRUITS.options(Term.parse("apple(1)"))));
    assertEquals(
        "'pear(1,size=2)' gives option 'size' twice",
        message(() -> FRUITS.options(Term.parse("pear(1,size=2)"))));
  }

  @Test
  void aChoiceIsWrittenInLowerCaseWithHyphens() {
    final List<Option> options = List.of(new Option("shade", "light", "Shade."));
    assertEquals(
        Shade.VERY_DARK,
        Options.of("it", options, Map.of("shade", "very-dark")).choice("shade", Shade.class));
    assertEquals(
        "option 'shade' of it is 'dark'; it must be one of light, very-dark",
        message(
            () -> Options.of("it", options, Map.of("shade", "dark")).choice("shade", Shade.class)));
  }

  @Test
  void aNameIsRegisteredOnce() {
    final Fruit fig = new Fruit("fig", "Sweet.", List.of());
    assertThrows(IllegalArgumentException.class, () -> new Registry<>("fruit", List.of(fig, fig)));
  }

  @Test
  void theReferenceNamesEveryEntryAndOption() {
    final String page = FRUITS.reference("###");
    assertTrue(page.contains("| `apple` | Round. |"), page);
    assertTrue(page.contains("### `pear`"), page);
    assertTrue(page.contains("| `size` | `3` | Size, 1 to 9. |"), page);
  }

  private static String message(final org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
