namespace RecServe.Api.Feedback;

/// <summary>What a user did with a ranked item; in JSON by its lower-case name. A closed list, so that what is counted stays bounded.</summary>
internal enum FeedbackType
{
    Click,
    Like,
    Dislike,
    View,
    Watch,
    Cart,
    Purchase,
    Share,
    Skip,
}
