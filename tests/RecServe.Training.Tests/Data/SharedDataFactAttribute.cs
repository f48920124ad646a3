namespace RecServe.Training.Tests.Data;

/// <summary>A test on a public data set that is not part of the repository; skipped with a reason where the folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string dataSet)
    {
        if (!Directory.Exists(SharedData.Folder(dataSet)))
            Skip = $"data set '{dataSet}' is absent: set RECSERVE_SHARED to a folder that has data/{dataSet}";
    }
}
