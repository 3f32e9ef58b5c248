package io.sharedredis.netty.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.coyote.ajp.AjpNioProtocol;
import org.apache.coyote.http11.Http11Nio2Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.junit.jupiter.api.Test;

class TomcatCheckTest {

  @Test
  void plainNioConnectorsOfThisTomcatCanBeTakenOver() {
    assertThat(TomcatCheck.obstacle(new Http11NioProtocol())).isNull();
    assertThat(TomcatCheck.releasesBuffers()).isTrue();
  }

  @Test
  void othersCannotAndTheReasonIsSaid() {
    Http11NioProtocol secure = new Http11NioProtocol();
    secure.setSSLEnabled(true);
    assertThat(TomcatCheck.obstacle(secure)).contains("TLS ends at the connector");
    assertThat(TomcatCheck.obstacle(new Http11Nio2Protocol())).contains("Http11Nio2Protocol");
    assertThat(TomcatCheck.obstacle(new AjpNioProtocol())).contains("AjpNioProtocol");
  }

  @Test
  void buffersAreGivenBackAsLargeAsTheyWere() {
    SocketBufferHandler buffers = new SocketBufferHandler(300, 700, false);
    TomcatBuffers released = TomcatBuffers.release(buffers);
    assertThat(buffers.getReadBuffer().capacity() + buffers.getWriteBuffer().capacity()).isZero();
    assertThat(released).isNotNull();
    released.restore();
    assertThat(buffers.getReadBuffer().capacity()).isEqualTo(300);
    assertThat(buffers.getWriteBuffer().capacity()).isEqualTo(700);
    assertThat(buffers.isReadBufferEmpty()).isTrue();
    assertThat(buffers.isWriteBufferEmpty()).isTrue();
  }
}
