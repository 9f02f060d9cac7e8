package dev.braid.moa;

import dev.braid.state.image.MalformedImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
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
      in.setObjectInputFilter(ONLY_CLASSIFIERS);
      return (Classifier) in.readObject();
    } catch (final IOException | ClassNotFoundException | ClassCastException e) {
      throw new MalformedImageException(
          "the image of a MOA classifier cannot be read: " + e.getMessage());
    }
  }

  /** Resolves classes with the loader that MOA came from, which in Flink is the job's own. */
  private static final class LoaderAwareStream extends ObjectInputStream {
    LoaderAwareStream(final byte[] image) throws IOException {
      super(new ByteArrayInputStream(image));
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
