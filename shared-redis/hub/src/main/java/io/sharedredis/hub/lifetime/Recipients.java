package io.sharedredis.hub.lifetime;

import java.util.List;
import java.util.Set;

/** Whom a message is for, on whichever replica they are. Names and ids are case-sensitive. */
public sealed interface Recipients {

  /** Every connection of the hub but those named. */
  record All(Set<String> exceptConnectionIds) implements Recipients {
    public All {
      exceptConnectionIds = Set.copyOf(exceptConnectionIds);
    }
  }

  /** The connections named; unknown ones are skipped. */
  record Connections(List<String> connectionIds) implements Recipients {
    public Connections {
      connectionIds = List.copyOf(connectionIds);
    }
  }

  /** Members of the groups; a member of two of them gets the message twice, as in ASP.NET Core. */
  record Groups(List<String> names, Set<String> exceptConnectionIds) implements Recipients {
    public Groups {
      names = List.copyOf(names);
      exceptConnectionIds = Set.copyOf(exceptConnectionIds);
    }
  }

  /** Every connection of the users. */
  record Users(List<String> userIds) implements Recipients {
    public Users {
      userIds = List.copyOf(userIds);
    }
  }
}
