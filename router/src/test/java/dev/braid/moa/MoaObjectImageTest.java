package dev.braid.moa;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.MalformedImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Serialized objects that are small and ask for more than there is. */
@Timeout(20)
class MoaObjectImageTest {
  private static byte[] bytes(final Object object) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  private static void assertRefused(final byte[] image) {
    assertThrows(MalformedImageException.class, () -> MoaObjectImage.read(image));
  }

  /** Bloch, Effective Java, item 85: each level doubles the work of the hash. */
  @Test
  void setsWithinSetsAreRefusedBeforeTheyAreHashed() throws IOException {
    final Set<Object> root = new HashSet<>();
    Set<Object> first = root;
    Set<Object> second = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      final Set<Object> left = new HashSet<>();
      final Set<Object> right = new HashSet<>();
      left.add("unlike");
      first.add(left);
      first.add(right);
      second.add(left);
      second.add(right);
      first = left;
      second = right;
    }
    final byte[] image = bytes(root);
    assertTrue(image.length < 6_000, image.length + " bytes");
    assertRefused(image);
  }

  @Test
  void listsSharedByListsInASetAreRefused() throws IOException {
    List<Object> list = new ArrayList<>();
    final List<Object> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(list);
      list = new ArrayList<>(List.of(list, list));
    }
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(all);
    }
    assertRefused(bytes.toByteArray());
  }

  @Test
  void lyingLengthOfAnArrayAllocatesNothing() throws IOException {
    final byte[] image = bytes(new double[3]);
    // The length stands before the numbers.
    final int at = image.length - 3 * Double.BYTES - Integer.BYTES;
    image[at] = 0x10;
    assertRefused(image);
  }

  @Test
  void deepChainIsRefused() throws IOException {
    Object[] chain = {};
    for (int i = 0; i < 2_500; i++) {
      chain = new Object[] {chain};
    }
    final Object[] deepest = chain;
    assertRefused(bytesInLargeStack(deepest));
  }

  private static byte[] bytesInLargeStack(final Object object) throws IOException {
    final byte[][] written = new byte[1][];
    final Thread thread =
        new Thread(
            null,
            () -> {
              try {
                written[0] = bytes(object);
              } catch (final IOException impossible) {
                throw new java.io.UncheckedIOException(impossible);
              }
            },
            "writer",
            1 << 28);
    thread.start();
    try {
      thread.join();
    } catch (final InterruptedException end) {
      Thread.currentThread().interrupt();
    }
    return written[0];
  }
}
