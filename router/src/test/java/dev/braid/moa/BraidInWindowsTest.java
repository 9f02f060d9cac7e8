package dev.braid.moa;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import moa.capabilities.Capability;
import moa.classifiers.MultiClassClassifier;
import moa.classifiers.meta.Braid;
import moa.core.AutoClassDiscovery;
import org.junit.jupiter.api.Test;

class BraidInWindowsTest {

  /** By the steps of the window in which a classifier is chosen: what there is, what fits. */
  @Test
  void moasWindowsListBraidAmongTheClassifiers() {
    final String name = Braid.class.getName();
    assertTrue(List.of(AutoClassDiscovery.findClassNames("moa")).contains(name));
    assertTrue(AutoClassDiscovery.isPublicConcreteClassOfType(name, MultiClassClassifier.class));
  }

  @Test
  void theShortListThatTheyShowAtFirstHasItToo() {
    assertTrue(new Braid().getCapabilities().hasCapability(Capability.VIEW_LITE));
  }
}
