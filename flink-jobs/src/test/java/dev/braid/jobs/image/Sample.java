package dev.braid.jobs.image;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.PackedParts;
import dev.braid.state.image.Part;
import java.util.List;

/**
 * Something that is saved, for the tests of all images.
 *
 * @param name of the resource that keeps an image of it
 * @param maker makes an image, the same each time
 * @param user reads an image and uses what was read; returns what came of it
 */
public record Sample(String name, Maker maker, User user) {
  /** Makes an image. */
  public interface Maker {
    byte[] make() throws Exception;
  }

  /** Reads and uses an image. */
  public interface User {
    /**
     * @throws dev.braid.state.image.MalformedImageException if the image is refused
     */
    double[] use(byte[] image) throws Exception;
  }

  /** An image of one part alone. */
  public static byte[] image(final Part part) {
    final ImageWriter out = new ImageWriter();
    PackedParts.write(List.of(part), Integer.MAX_VALUE, out);
    return out.toByteArray();
  }

  /** What {@link #image} wrote. */
  public static PackedParts parts(final byte[] image) {
    final ImageReader in = new ImageReader(image);
    final PackedParts parts = PackedParts.read(in);
    in.end();
    return parts;
  }

  @Override
  public String toString() {
    return name;
  }
}
