package io.sharedredis.playground.gateway;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.MonoSink;

/**
 * Waits for the replica's answer to the upgrade. Client and replica share one event loop, so the
 * switch from HTTP to bytes happens in one go on both sides.
 */
// What a write or a close comes to is seen by the next read or by channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class UpgradeHandler extends SimpleChannelInboundHandler<FullHttpResponse> {

  private final Channel client;
  private final MonoSink<UpgradeAnswer> sink;
  private boolean switched;

  UpgradeHandler(Channel client, MonoSink<UpgradeAnswer> sink) {
    this.client = client;
    this.sink = sink;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    // A client that leaves, or an attempt that takes too long, leaves no connection behind.
    sink.onDispose(
        () ->
            context
                .channel()
                .eventLoop()
                .execute(
                    () -> {
                      if (!switched) {
                        context.close();
                      }
                    }));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
    if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      switched = true;
      toBytes(context, response);
      sink.success(new UpgradeAnswer.Switched());
    } else {
      sink.success(
          new UpgradeAnswer.Refused(
              response.status().code(),
              response.headers().entries(),
              ByteBufUtil.getBytes(response.content())));
      context.close();
    }
  }

  private void toBytes(ChannelHandlerContext context, FullHttpResponse response) {
    Channel replica = context.channel();
    replica.config().setAutoRead(false);
    client.config().setAutoRead(false);
    ChannelPipeline clientSide = client.pipeline();
    while (clientSide.last() != null) {
      clientSide.removeLast();
    }
    clientSide.addLast(new Relay(replica));
    client.write(Unpooled.copiedBuffer(head(response), StandardCharsets.ISO_8859_1));

    // The relay is in place before the codec goes, because that hands on what came with the 101.
    ChannelPipeline replicaSide = replica.pipeline();
    replicaSide.addLast(new Relay(client));
    replicaSide.remove(HttpObjectAggregator.class);
    replicaSide.remove(this);
    replicaSide.remove(HttpClientCodec.class);
    client.flush();
    client.read();
    replica.read();
  }

  private static String head(FullHttpResponse response) {
    StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    // The aggregator has put a length there, which a 101 must not have.
    response
        .headers()
        .remove(HttpHeaderNames.CONTENT_LENGTH)
        .forEach(
            header ->
                head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n"));
    return head.append("\r\n").toString();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    sink.error(new IOException("the replica closed the connection before it answered"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    sink.error(cause);
    context.close();
  }
}
