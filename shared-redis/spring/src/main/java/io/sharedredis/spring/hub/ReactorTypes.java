package io.sharedredis.spring.hub;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.server.ReactiveTypes;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lets hub methods answer with {@code Flux} and {@code Mono} and take {@code Flux}. */
public final class ReactorTypes implements ReactiveTypes {

  @Override
  public boolean isStream(Class<?> type) {
    return Publisher.class.isAssignableFrom(type) && !isSingle(type);
  }

  @Override
  public boolean isSingle(Class<?> type) {
    return Mono.class.isAssignableFrom(type);
  }

  @Override
  public boolean reads(Class<?> type) {
    return type == Flux.class || type == Publisher.class;
  }

  @Override
  public Flow.Publisher<?> publisher(Object stream) {
    return JdkFlowAdapter.publisherToFlowPublisher((Publisher<?>) stream);
  }

  @Override
  public CompletionStage<?> stage(Object single) {
    return ((Mono<?>) single).toFuture();
  }

  @Override
  public Object stream(Flow.Publisher<Object> items, Class<?> type) {
    return JdkFlowAdapter.flowPublisherToFlux(reader -> items.subscribe(new WithoutNull(reader)));
  }

  /** Reactor's streams have no null: an item that is null ends them with an error. */
  private static final class WithoutNull implements Flow.Subscriber<Object> {
    private final Flow.Subscriber<? super Object> reader;
    private Flow.@Nullable Subscription subscription;
    private boolean over;

    WithoutNull(Flow.Subscriber<? super Object> reader) {
      this.reader = reader;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      reader.onSubscribe(given);
    }

    @Override
    public void onNext(@Nullable Object item) {
      if (over) {
        return;
      }
      if (item == null) {
        over = true;
        if (subscription != null) {
          subscription.cancel();
        }
        reader.onError(new HubException("An item of the stream is null."));
      } else {
        reader.onNext(item);
      }
    }

    @Override
    public void onError(Throwable failure) {
      if (!over) {
        reader.onError(failure);
      }
    }

    @Override
    public void onComplete() {
      if (!over) {
        reader.onComplete();
      }
    }
  }
}
