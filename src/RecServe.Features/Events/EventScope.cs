namespace RecServe.Features;

/// <summary>Whose events a derived feature counts.</summary>
public enum EventScope
{
    /// <summary>The user's.</summary>
    User,

    /// <summary>The item's, by all users.</summary>
    Item,

    /// <summary>The user's with items of one category.</summary>
    UserCategory,
}
