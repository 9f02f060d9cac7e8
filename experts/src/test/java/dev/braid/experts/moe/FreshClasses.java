package dev.braid.experts.moe;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

/** The class path once more, where no class has come to life yet. */
public final class FreshClasses implements AutoCloseable {
  private final URLClassLoader loader =
      new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());

  /** Runs the fresh twin of a class. */
  public void run(final Class<? extends Runnable> what) throws ReflectiveOperationException {
    final var constructor = load(what.getName()).getDeclaredConstructor();
    constructor.setAccessible(true);
    ((Runnable) constructor.newInstance()).run();
  }

  public Class<?> load(final String name) throws ClassNotFoundException {
    return loader.loadClass(name);
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> url(new File(entry).toURI()))
        .toArray(URL[]::new);
  }

  private static URL url(final URI uri) {
    try {
      return uri.toURL();
    } catch (final MalformedURLException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }
}
