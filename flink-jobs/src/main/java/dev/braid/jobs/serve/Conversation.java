package dev.braid.jobs.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: takes a request in, as far as the bounds go, has it answered and takes the next.
 * What is quick is answered on the thread that has read it, since each change of threads is one
 * more wait for a processor; all else on another. No thread waits for a client. What is slow or
 * idle for too long is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whether it could be closed or sent changes nothing.
final class Conversation extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

  /** What each connection may hold beside the bound of all: a request of some rows, an answer. */
  private static final int SMALL_BYTES = 16 << 10;

  private final ServeOptions options;
  private final Connections connections;
  private final Routes routes;
  private final ServeFigures figures;
  private final RequestThreads threads;
  private final boolean localOnly;

  private HttpRequest request;
  private ByteArrayOutputStream body;
  private long held;
  private boolean closing;

  /** Whether nothing of what was read last was answered on the thread that reads. */
  private boolean mayAnswer = true;

  private Future<?> deadline;

  /**
   * @param localOnly whether a request that names another host than this is refused
   */
  Conversation(
      final ServeOptions options,
      final Connections connections,
      final Routes routes,
      final ServeFigures figures,
      final RequestThreads threads,
      final boolean localOnly) {
    this.options = options;
    this.connections = connections;
    this.routes = routes;
    this.figures = figures;
    this.threads = threads;
    this.localOnly = localOnly;
  }

  @Override
  public void channelActive(final ChannelHandlerContext context) {
    connections.add(context.channel());
    await(context, options.idle());
  }

  @Override
  public void channelInactive(final ChannelHandlerContext context) {
    connections.remove(context.channel());
    stopWaiting();
    letGo();
  }

  @Override
  public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
    LOG.debug("A connection is closed.", cause); // A client went away, or spoke no HTTP.
    context.close();
  }

  /** Closes the connection unless what is awaited comes in time. */
  private void await(final ChannelHandlerContext context, final Duration time) {
    stopWaiting();
    deadline =
        context.executor().schedule(() -> tooLate(context), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tooLate(final ChannelHandlerContext context) {
    figures.dropped();
    context.close();
  }

  private void stopWaiting() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /** Holds so many bytes and no others; what is small needs no room. */
  private boolean hold(final int bytes) {
    final long wanted = bytes <= SMALL_BYTES ? 0 : bytes;
    if (wanted > held && !connections.hold(wanted - held)) {
      return false;
    }
    held = Math.max(held, wanted);
    return true;
  }

  private void letGo() {
    connections.release(held);
    held = 0;
    body = null;
  }

  @Override
  protected void channelRead0(final ChannelHandlerContext context, final HttpObject part) {
    if (closing) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      refuse(context, 400, "this is no HTTP request");
      return;
    }
    if (part instanceof HttpRequest begun) {
      begin(context, begun);
    }
    if (!closing && part instanceof HttpContent content) {
      take(context, content);
    }
  }

  private void begin(final ChannelHandlerContext context, final HttpRequest begun) {
    request = begun;
    body = new ByteArrayOutputStream(0);
    await(context, options.patience());
    final String host = begun.headers().get(HttpHeaderNames.HOST);
    if (localOnly && (host == null || !LOCAL.matcher(host).matches())) {
      refuse(context, 403, "this server is for its own machine alone");
    } else if (HttpUtil.getContentLength(begun, 0L) > options.bodyBytes()) {
      refuse(context, 413, "a body has " + options.bodyBytes() + " bytes at most");
    } else if (HttpUtil.is100ContinueExpected(begun)) {
      context.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private void take(final ChannelHandlerContext context, final HttpContent content) {
    final ByteBuf bytes = content.content();
    final int more = bytes.readableBytes();
    if (body.size() + more > options.bodyBytes()) {
      refuse(context, 413, "a body has " + options.bodyBytes() + " bytes at most");
      return;
    }
    if (!hold(body.size() + more)) {
      refuse(context, 503, "too many large bodies are on their way");
      return;
    }
    final byte[] taken = new byte[more];
    bytes.readBytes(taken);
    body.writeBytes(taken);
    if (content instanceof LastHttpContent) {
      stopWaiting();
      work(context);
    }
  }

  @Override
  public void channelReadComplete(final ChannelHandlerContext context) {
    mayAnswer = true;
    context.fireChannelReadComplete();
  }

  private void work(final ChannelHandlerContext context) {
    final long begun = System.nanoTime();
    final String method = request.method().name();
    final String uri = request.uri();
    final byte[] whole = body.toByteArray();
    if (mayAnswer) {
      mayAnswer = false; // Requests that came together wait for one another, and others for none.
      final Answer answer = answer(uri, () -> routes.answerAtOnce(method, uri, whole));
      if (answer != null) {
        figures.answered(answer.status(), System.nanoTime() - begun);
        send(context, answer, HttpUtil.isKeepAlive(request));
        return;
      }
    }
    connections.waits(context.channel(), false);
    context.channel().config().setAutoRead(false); // The next request waits for this answer.
    try {
      threads.execute(
          Routes.isLong(uri, whole.length),
          () -> {
            final Answer answer = answer(uri, () -> routes.answer(method, uri, whole));
            figures.answered(answer.status(), System.nanoTime() - begun);
            context.executor().execute(() -> send(context, answer, HttpUtil.isKeepAlive(request)));
          });
    } catch (final RejectedExecutionException full) {
      refuse(context, 503, "too many requests are waiting");
    }
  }

  private static Answer answer(final String uri, final Supplier<Answer> route) {
    try {
      return route.get();
    } catch (final RuntimeException failed) {
      LOG.error("A request for {} failed.", uri, failed);
      return Answer.error(500, "the request failed; the server's log says why");
    }
  }

  private void refuse(final ChannelHandlerContext context, final int status, final String why) {
    figures.answered(status, 0);
    send(context, Answer.error(status, why), false);
  }

  private void send(
      final ChannelHandlerContext context, final Answer prepared, final boolean keepsAlive) {
    letGo();
    final boolean fits = hold(prepared.body().length);
    final Answer answer =
        fits ? prepared : Answer.error(503, "too many large answers are on their way");
    closing = !keepsAlive || !fits;
    final FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body()));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
        .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
        .set("X-Content-Type-Options", "nosniff")
        .set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(
            HttpHeaderNames.CONNECTION,
            closing ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    final ChannelFuture sending = context.writeAndFlush(response);
    if (!sending.isDone()) {
      await(context, options.patience());
      context.channel().config().setAutoRead(false);
    }
    sending.addListener(
        sent -> {
          letGo();
          if (!sent.isSuccess() || closing) {
            context.close();
            return;
          }
          connections.waits(context.channel(), true);
          await(context, options.idle());
          context.channel().config().setAutoRead(true);
        });
  }
}
