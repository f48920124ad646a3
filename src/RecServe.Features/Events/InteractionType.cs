namespace RecServe.Features;

/// <summary>What a user did with an item, or that the item was shown; in text by its lower-case name. A closed list, so that what is counted stays bounded; its numbers are part of messages and files.</summary>
public enum InteractionType
{
    /// <summary>The item was shown to the user.</summary>
    Impression = 0,

    /// <summary>The user opened it.</summary>
    Click = 1,

    /// <summary>The user said that it is liked.</summary>
    Like = 2,

    /// <summary>The user said that it is not.</summary>
    Dislike = 3,

    /// <summary>Its page was looked at.</summary>
    View = 4,

    /// <summary>It was watched or listened to.</summary>
    Watch = 5,

    /// <summary>It was put into the cart.</summary>
    Cart = 6,

    /// <summary>It was bought.</summary>
    Purchase = 7,

    /// <summary>It was passed on to somebody.</summary>
    Share = 8,

    /// <summary>It was skipped.</summary>
    Skip = 9,
}
