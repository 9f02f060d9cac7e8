package dev.braid.jobs.topology;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A connection that sends what a well-behaved client would not. */
final class HttpSocket implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  HttpSocket(final String address) throws IOException {
    final URI uri = URI.create(address);
    socket = new Socket(uri.getHost(), uri.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** The head of a request to predict. */
  static String head(final long bytes) {
    return "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n";
  }

  static String request(final String body) {
    return head(body.getBytes(StandardCharsets.UTF_8).length) + body;
  }

  HttpSocket send(final String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  HttpSocket send(final byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Status and body of the next answer, with a space between. */
  String answer() throws IOException {
    final String status = line().split(" ")[1];
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    return status + ' ' + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    final ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Whether the server has closed the connection, or does so within a minute. */
  boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (final java.net.SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
