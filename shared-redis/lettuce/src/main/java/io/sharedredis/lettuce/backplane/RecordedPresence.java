package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.lifetime.Pages;
import io.sharedredis.lettuce.presence.PresenceKeeper;
import io.sharedredis.lettuce.presence.PresenceQuery;
import io.sharedredis.lettuce.presence.PresenceQuery.What;
import io.sharedredis.lettuce.presence.PresenceStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Presence with the record that replicas keep. Whether somebody is there is asked of the channels,
 * which .NET servers listen to as well. Numbers and pages are partial while more servers listen for
 * all than have recorded everything: .NET servers, replicas that keep no record, and those that
 * write it anew because Redis lost it.
 */
record RecordedPresence(
    Presence heard, BackplaneBus bus, Channels channels, PresenceStore store, PresenceKeeper keeper)
    implements Presence {

  @Override
  public Subject user(String userId) {
    return new Recorded(heard.user(userId), new PresenceQuery(What.USER, userId));
  }

  @Override
  public Subject group(String name) {
    return new Recorded(heard.group(name), new PresenceQuery(What.GROUP, name));
  }

  @Override
  public Subject connection(String connectionId) {
    return new Recorded(
        heard.connection(connectionId), new PresenceQuery(What.CONNECTION, connectionId));
  }

  @Override
  public CompletionStage<Count> connections() {
    return everyone().count();
  }

  @Override
  public Roll everyone() {
    return new Listed(PresenceQuery.all(What.CONNECTIONS));
  }

  @Override
  public Roll users() {
    return new Listed(PresenceQuery.all(What.USERS));
  }

  @Override
  public Roll groups() {
    return new Listed(PresenceQuery.all(What.GROUPS));
  }

  @Override
  public Listening listen(Consumer<PresenceEvent> listener) {
    return keeper.listen(listener);
  }

  private CompletionStage<Count> count(PresenceQuery query) {
    return store
        .count(query)
        .thenCombine(
            bus.subscribers(channels.all()),
            (tally, servers) ->
                new Count(tally.value(), tally.settling() || servers > tally.complete()));
  }

  private CompletionStage<Page> page(PresenceQuery query, @Nullable String after, int limit) {
    int many = Page.requireLimit(limit) + 1;
    if (query.what() == What.CONNECTION) {
      return count(query).thenApply(count -> single(query.name(), count, after));
    }
    return store
        .page(query, after, many)
        .thenCombine(
            bus.subscribers(channels.all()),
            (sheet, servers) -> {
              boolean partial = servers > sheet.complete();
              Page page = Pages.of(sheet.lists(), after, limit, partial);
              return page.next() == null && sheet.until() != null
                  ? new Page(page.names(), sheet.until(), partial)
                  : page;
            });
  }

  private static Page single(String name, Count count, @Nullable String after) {
    return Pages.of(
        List.of(count.value() > 0 ? List.of(name) : List.of()), after, 1, count.partial());
  }

  private final class Listed implements Roll {
    private final PresenceQuery query;

    Listed(PresenceQuery query) {
      this.query = query;
    }

    @Override
    public CompletionStage<Count> count() {
      return RecordedPresence.this.count(query);
    }

    @Override
    public CompletionStage<Page> page(@Nullable String after, int limit) {
      return RecordedPresence.this.page(query, after, limit);
    }
  }

  private final class Recorded implements Subject {
    private final Subject heard;
    private final PresenceQuery query;

    Recorded(Subject heard, PresenceQuery query) {
      this.heard = heard;
      this.query = query;
    }

    @Override
    public CompletionStage<Boolean> isConnected() {
      return heard.isConnected();
    }

    @Override
    public CompletionStage<Count> count() {
      return RecordedPresence.this.count(query);
    }

    @Override
    public CompletionStage<Page> page(@Nullable String after, int limit) {
      return RecordedPresence.this.page(query, after, limit);
    }
  }
}
