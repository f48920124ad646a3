namespace RecServe.Training.Tests.Data;

internal static class SharedData
{
    public static string Folder(string dataSet) => Path.Combine(Checkout.Shared, "data", dataSet);
}
