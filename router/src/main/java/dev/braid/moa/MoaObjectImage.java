package dev.braid.moa;

import dev.braid.state.image.MalformedImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import moa.classifiers.Classifier;

/**
 * The one place where Java serialisation is used, because MOA offers no other form of its
 * classifiers' state.
 */
final class MoaObjectImage {
  /** What MOA's classifiers consist of; anything else in a stream is refused. */
  private static final ObjectInputFilter ONLY_CLASSIFIERS =
      ObjectInputFilter.Config.createFilter(
          "moa.**;com.yahoo.labs.samoa.**;com.github.javacliparser.**;java.util.*;java.lang.*;"
              + "java.text.*;java.math.*;!*");

  private MoaObjectImage() {}

  static byte[] write(final Classifier classifier) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(classifier);
    } catch (final IOException e) {
      throw new UncheckedIOException(
          "MOA's " + classifier.getClass().getName() + " cannot be saved", e);
    }
    return bytes.toByteArray();
  }

  static Classifier read(final byte[] image) {
    try (ObjectInputStream in = new LoaderAwareStream(image)) {
      in.setObjectInputFilter(new Limits(image.length));
      return (Classifier) in.readObject();
    } catch (final IOException | ClassNotFoundException | RuntimeException | StackOverflowError e) {
      // Java and MOA throw what they like where a stream is not what they wrote.
      throw new MalformedImageException("the image of a MOA classifier cannot be read: " + e);
    }
  }

  /** Bounds by what the bytes can hold: an element of an array takes one at least. */
  private static final class Limits implements ObjectInputFilter {
    private static final int DEEPEST = 2_000;

    private final long bytes;
    private long elements;

    Limits(final int bytes) {
      this.bytes = bytes;
    }

    @Override
    public Status checkInput(final FilterInfo info) {
      elements += Math.max(0, info.arrayLength());
      // A hash table may have a few times as many places as it has elements.
      if (info.depth() > DEEPEST || info.references() > bytes || elements > 4 * bytes + 1024) {
        return Status.REJECTED;
      }
      return ONLY_CLASSIFIERS.checkInput(info);
    }
  }

  /**
   * Resolves classes with the loader that MOA came from, which in Flink is the job's own. Refuses
   * collections that hold each other many times over: a hash set of such computes their hashes
   * while it is read, and a few kilobytes could keep it busy for ever.
   */
  private static final class LoaderAwareStream extends ObjectInputStream {
    private static final long MOST_WITHIN = 100_000_000;

    /** How many elements the hash of each collection looks at, those of its collections counted. */
    private final IdentityHashMap<Object, Long> within = new IdentityHashMap<>();

    LoaderAwareStream(final byte[] image) throws IOException {
      super(new ByteArrayInputStream(image));
      enableResolveObject(true);
    }

    /** Called for each object once it is complete, before it becomes part of another. */
    @Override
    protected Object resolveObject(final Object read) throws IOException {
      long elements = -1;
      if (read instanceof Collection<?> collection) {
        elements = within(collection);
      } else if (read instanceof Map<?, ?> map) {
        elements = within(map.keySet()) + within(map.values());
      }
      if (elements > MOST_WITHIN) {
        throw new InvalidObjectException("collections within collections");
      }
      if (elements >= 0) {
        within.put(read, elements);
      }
      return read;
    }

    private long within(final Collection<?> collection) {
      long elements = 0;
      for (final Object element : collection) {
        elements += 1 + within.getOrDefault(element, 0L);
      }
      return elements;
    }

    @Override
    protected Class<?> resolveClass(final ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, Classifier.class.getClassLoader());
      } catch (final ClassNotFoundException primitiveOrUnknown) {
        return super.resolveClass(description);
      } catch (final LinkageError broken) {
        throw new InvalidClassException(description.getName(), broken.getMessage());
      }
    }
  }
}
